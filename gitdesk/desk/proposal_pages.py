"""Where a proposal becomes a pull request: the page of a hosting site, made from the address of a remote."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from gitdesk.lazy import pattern
from gitdesk.value import Value

GITHUB, GITLAB, GITEA, BITBUCKET = "github", "gitlab", "gitea", "bitbucket"
KINDS = (GITHUB, GITLAB, GITEA, BITBUCKET)
TOOLS = {GITHUB: "gh", GITLAB: "glab", GITEA: "tea"}
# By the name of the host, whole or a part of it; a site of one's own is told by the setting gitdesk.site.
_HOSTS = (
    ("github", GITHUB),
    ("gitlab", GITLAB),
    ("bitbucket", BITBUCKET),
    ("codeberg", GITEA),
    ("gitea", GITEA),
    ("forgejo", GITEA),
)
_SCP = pattern(r"(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!//)(.+)")
_HOST = pattern(r"[A-Za-z0-9.-]+(?::[0-9]+)?")


class Site(Value):
    """A repository on a hosting site: which kind of site, its host, and the repository's path there."""

    kind: str
    host: str
    path: str


def site_of(url: str, kind: str | None = None) -> Site | None:
    """Returns the hosting site of a remote's address, None where none can be told; `kind` names the kind of it.

    What an address has of names and passwords is left out.
    """
    host, path = _host_and_path(url)
    path = path.strip("/").removesuffix(".git")
    if not host or "/" not in path:
        return None
    if kind not in KINDS:
        kind = next((name for part, name in _HOSTS if part in host.casefold()), None)
    return Site(kind=kind, host=host, path=path) if kind is not None else None


def _host_and_path(url: str) -> tuple[str, str]:
    if "://" not in url:
        found = _SCP.fullmatch(url)
        return (found[1], found[2]) if found is not None else ("", "")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    if parts.scheme not in ("https", "http", "ssh", "git+ssh", "ssh+git", "git"):
        return "", ""
    if port is not None and parts.scheme.startswith("http"):  # of ssh it says nothing about the pages
        host = f"{host}:{port}"
    return (host, parts.path) if _HOST.fullmatch(host) else ("", "")


def page(site: Site, branch: str, base: str, title: str) -> str:
    """Returns the address at which a person opens a pull request of a branch into another one."""
    root = f"https://{site.host}/{quote(site.path, safe='/~')}"
    if site.kind == GITLAB:
        given = (("source_branch", branch), ("target_branch", base), ("title", title))
        asked = "&".join(f"merge_request%5B{name}%5D={quote(value, safe='')}" for name, value in given)
        return f"{root}/-/merge_requests/new?{asked}"
    if site.kind == BITBUCKET:
        return f"{root}/pull-requests/new?source={quote(branch, safe='')}&dest={quote(base, safe='')}"
    compare = f"{root}/compare/{quote(base, safe='/')}...{quote(branch, safe='/')}"
    return f"{compare}?expand=1" if site.kind == GITHUB else compare


def opening(site: Site, branch: str, base: str, title: str, body: str) -> tuple[str, ...]:
    """Returns the words that have a site's own program open the pull request, () where there is no such program."""
    if site.kind == GITHUB:
        return (
            "gh",
            "pr",
            "create",
            f"--head={branch}",
            f"--base={base}",
            f"--title={title}",
            f"--body={body}",
        )
    if site.kind == GITLAB:
        return (
            "glab", "mr", "create", f"--source-branch={branch}", f"--target-branch={base}", f"--title={title}",
            f"--description={body}", "--yes",
        )  # fmt: skip
    if site.kind == GITEA:
        return (
            "tea", "pulls", "create", f"--head={branch}", f"--base={base}", f"--title={title}",
            f"--description={body}",
        )  # fmt: skip
    return ()
