"""How pages look, and the few lines that let a reader sort a table: one style sheet, one script, no network."""

STYLE = """
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--ink:#1b2430;--soft:#55606e;--edge:#dde1e7;--track:#e8ebf0;
--good:#2b7a78;--bad:#c2413b;--careful:#a86200;--live:#7a1f1b;--accent:#2857b8;--hatch:rgba(255,255,255,.42);
--seam:#fff;--p0:#3867b7;--p1:#2b8a83;--p2:#a8711a;--p3:#7d57b3;--p4:#b24a72;--p5:#5b7a2a;--p6:#5a6b80;--p7:#a0522d}
@media (prefers-color-scheme:dark){:root{--page:#11151b;--card:#1a2029;--ink:#e7ebf0;--soft:#a3aebb;--edge:#2d3642;
--track:#2a323d;--good:#4fb3ad;--bad:#ef7a70;--careful:#e6a545;--live:#ffd0cb;--accent:#86aaf2;
--hatch:rgba(0,0,0,.38);--seam:#1a2029;--p0:#7ea3e6;--p1:#57bdb4;--p2:#dba64c;--p3:#b394e3;--p4:#e58bad;--p5:#9cc05f;
--p6:#9aabc0;--p7:#dc9670}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
main,header.top,footer{max-width:1200px;margin:0 auto;padding:0 24px}
header.top{padding-top:32px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.02em;overflow-wrap:anywhere}
.subtitle{color:var(--soft);margin:4px 0 0;font-size:17px;overflow-wrap:anywhere}
h2{font-size:19px;line-height:1.3;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:15px;margin:0;font-weight:600}
.note{color:var(--soft);font-size:14px;margin:0 0 14px;max-width:90ch}
dl.facts{display:flex;flex-wrap:wrap;gap:4px 28px;margin:16px 0 0;font-size:14px}
dl.facts div{display:flex;gap:7px;min-width:0}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:20px 22px 18px;margin:18px 0;
min-width:0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(400px,100%),1fr));gap:18px;margin:18px 0}
.pair section{margin:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px;background:none;border:0;
padding:0;margin:22px 0 18px;list-style:none}
.figures li{background:var(--card);border:1px solid var(--edge);border-top:4px solid var(--edge);border-radius:12px;
padding:12px 16px 13px;min-width:0}
.figures .good{border-top-color:var(--good)}.figures .bad{border-top-color:var(--bad)}
.figures .careful{border-top-color:var(--careful)}
.figures .label{display:block;color:var(--soft);font-size:14px}
.figures .value{display:block;font-size:29px;line-height:1.25;font-weight:650;letter-spacing:-.02em;
font-variant-numeric:tabular-nums}
.figures .more{display:block;color:var(--soft);font-size:13px}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:20px 26px}
figure{margin:0;min-width:0}
figcaption{display:flex;justify-content:space-between;align-items:baseline;gap:12px}
figcaption span{color:var(--soft);font-size:14px;font-variant-numeric:tabular-nums}
svg.trend{display:block;width:100%;max-width:460px;height:auto;margin-top:4px}
svg.trend text{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
svg.trend .end{text-anchor:end}svg.trend .middle{text-anchor:middle}
path.grid{stroke:var(--edge);stroke-width:1;stroke-dasharray:2 3}.base{stroke:var(--soft);stroke-width:1;opacity:.6}
.line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}
.dot{fill:var(--card);stroke:var(--accent);stroke-width:2}.dot.some{fill:var(--bad);stroke:var(--card);stroke-width:1}
rect.good{fill:var(--good)}rect.bad{fill:var(--bad)}rect.careful{fill:var(--careful)}rect.track{fill:var(--track)}rect.accent{fill:var(--accent)}
rect.live{fill:var(--live)}rect.mark{fill:var(--ink)}rect.ink,circle.ink{fill:var(--hatch)}rect.seam{fill:var(--seam)}
svg.bar{display:block;width:100%;min-width:72px;height:12px;border-radius:3px;overflow:hidden}
svg.stack{display:block;width:100%;height:44px;border-radius:6px;overflow:hidden;margin:4px 0 14px}
svg.swatch{width:14px;height:14px;vertical-align:-2px;margin-right:8px}svg.defs{position:absolute}
.part0>rect:first-child{fill:var(--p0)}.part1>rect:first-child{fill:var(--p1)}.part2>rect:first-child{fill:var(--p2)}
.part3>rect:first-child{fill:var(--p3)}.part4>rect:first-child{fill:var(--p4)}.part5>rect:first-child{fill:var(--p5)}
.part6>rect:first-child{fill:var(--p6)}.part7>rect:first-child{fill:var(--p7)}
.wide{overflow-x:auto;margin:0 -6px;padding:0 6px}
.wide:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:14.5px}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th{text-align:left;font-weight:600;color:var(--soft);font-size:13px;padding:6px 10px 6px 0;vertical-align:bottom;
border-bottom:1px solid var(--edge)}
td,tbody th{padding:7px 10px 7px 0;border-bottom:1px solid var(--edge);vertical-align:top}
tbody th{color:var(--ink);font-weight:500;font-size:14.5px;overflow-wrap:anywhere}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.id{white-space:nowrap;font:13px/1.7 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
thead .id{font:inherit;font-size:13px;font-weight:600}
.title{overflow-wrap:anywhere;min-width:16ch}
.grid td:not([class]){overflow-wrap:break-word}
td.chart{width:34%;min-width:84px;padding-top:12px}.grid td.chart{width:13%;min-width:92px}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
th button{all:unset;cursor:pointer;color:inherit;font:inherit}
th button:hover{color:var(--ink);text-decoration:underline}
th[aria-sort] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
.heat{table-layout:fixed;min-width:760px}
.heat th,.heat td{padding:5px 2px;text-align:center;font-size:12.5px;border-bottom:0}
.heat tbody th{text-align:left;white-space:nowrap}.heat th:first-child{width:52px}.heat th:last-child{width:60px}
.heat td{border:1px solid var(--card);font-variant-numeric:tabular-nums}
.heat .number{padding-right:8px;text-align:right}.h0{background:var(--track)}
.h1{background:color-mix(in srgb,var(--accent) 14%,var(--card))}
.h2{background:color-mix(in srgb,var(--accent) 25%,var(--card))}
.h3{background:color-mix(in srgb,var(--accent) 36%,var(--card))}
.h4{background:color-mix(in srgb,var(--accent) 47%,var(--card))}
.h5{background:color-mix(in srgb,var(--accent) 59%,var(--card))}
.h6{background:color-mix(in srgb,var(--accent) 72%,var(--card))}
.h7{background:color-mix(in srgb,var(--accent) 86%,var(--card))}.h8{background:var(--accent)}
.h5,.h6,.h7,.h8{color:var(--card);font-weight:600}
.nothing{color:var(--soft);margin:6px 0 2px}
.notice{border-left:6px solid var(--careful)}.notice.bad{border-left-color:var(--bad)}
.notice ul{margin:6px 0 0;padding-left:20px;font-size:14.5px;overflow-wrap:anywhere}
.small{color:var(--soft);white-space:nowrap;font-size:12.5px;font-variant-numeric:tabular-nums}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:12px 0 0;padding:0;color:var(--soft);
font-size:13px}
.key svg{width:22px;height:10px;margin-right:6px;vertical-align:0}
footer{color:var(--soft);font-size:13px;padding-top:6px;padding-bottom:36px;overflow-wrap:anywhere}
@media (max-width:620px){main,header.top,footer{padding-left:14px;padding-right:14px}header.top{padding-top:20px}
h1{font-size:25px}section{padding:16px 14px 14px;border-radius:10px}.figures{grid-template-columns:1fr 1fr;gap:10px}
.figures .value{font-size:25px}.minor{display:none}td.chart{width:24%;min-width:64px}.grid td.chart{min-width:64px}
svg.bar{min-width:60px}table{font-size:14px}
dl.facts{display:grid;gap:2px}dl.facts dt{min-width:72px}
.grid thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.grid,.grid tbody{display:block}.grid tr{display:flex;flex-wrap:wrap;align-items:center;gap:1px 12px;padding:9px 0;
border-bottom:1px solid var(--edge)}.grid tbody tr:last-child{border-bottom:0}
.grid td,.grid tbody th{border:0;padding:0;text-align:left}.grid td.minor{display:none}
.grid .title{flex:1 0 100%;order:-1}
.grid td[data-label]::before{content:attr(data-label) " ";color:var(--soft);font-size:12.5px}
.grid td.chart{order:1;width:auto;flex:1 0 100%;display:flex;align-items:center;gap:8px}
.grid td.chart::before{display:none}}
@media print{@page{size:A4;margin:14mm}:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#111;--soft:#444;
--edge:#c9cdd3;--track:#e8ebf0;--good:#2b7a78;--bad:#c2413b;--careful:#a86200;--live:#7a1f1b;--accent:#2857b8;
--hatch:rgba(255,255,255,.5);--seam:#fff;--p0:#3867b7;--p1:#2b8a83;--p2:#a8711a;--p3:#7d57b3;--p4:#b24a72;--p5:#5b7a2a;
--p6:#5a6b80;--p7:#a0522d}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main,header.top,footer{max-width:none;padding:0}section{margin:10pt 0;padding:10pt 12pt}
.figures{grid-template-columns:repeat(5,1fr);gap:8pt}.figures li{padding:6pt 8pt}.figures .value{font-size:17pt}
.figures .label,.figures .more,.note{font-size:8.5pt}
.pair{grid-template-columns:1fr 1fr;gap:10pt;margin:10pt 0}
.panels{grid-template-columns:repeat(3,1fr);gap:10pt}.figures li,figure,tr,.notice,.pair{break-inside:avoid}
h2,h3,thead{break-after:avoid}thead{display:table-header-group}.wide{overflow:visible}table{font-size:9.5pt}.id{font-size:8.5pt}}
"""

# Sorts by what stands in data-sort, else by the text; without scripts the order stays the one the page came with.
SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    if (!head.textContent) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[place].dataset.sort ?? row.cells[place].textContent;
      const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
      const number = head.classList.contains("number") || head.classList.contains("chart");
      rows.sort(([a], [b]) => (number ? a - b : a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}
"""
