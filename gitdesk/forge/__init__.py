"""Hosting sites: what people said of a pull request there. Each is one module and one row here."""

from __future__ import annotations

# Name → "module:class" of a Forge (see `forge.forge`).
SITES = {
    "github": "gitdesk.forge.github:GitHub",
    "gitlab": "gitdesk.forge.gitlab:GitLab",
    "gitea": "gitdesk.forge.gitea:Gitea",
}
