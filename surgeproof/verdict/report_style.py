"""The look of a report: light and dark, desktop and phone, screen and paper."""

from __future__ import annotations

CSS = """
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#14181f;--soft:#5a6472;--line:#dfe3e8;--band:#f3f5f8;
--one:#1f5fbf;--two:#b4530a;--three:#7a3fb0;--limit:#c02525;--good:#12733f;--bad:#b3201f;--unsure:#8a5a00;
--good-bg:#e5f5ec;--bad-bg:#fdeaea;--unsure-bg:#fdf3dc;--code:#eef1f5}
@media (prefers-color-scheme:dark){:root{--page:#0f1319;--card:#171d26;--ink:#e9edf3;--soft:#9aa6b6;--line:#2b3442;
--band:#1c2430;--one:#6ea8ff;--two:#f0a050;--three:#c79bf2;--limit:#ff7b76;--good:#5fd39a;--bad:#ff8b86;
--unsure:#f0c060;--good-bg:#12301f;--bad-bg:#3a1819;--unsure-bg:#352a10;--code:#222b38}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:30px;line-height:1.2;margin:6px 0 8px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:19px;margin:34px 0 10px}h3{font-size:15px;margin:0}
p{margin:0}.soft{color:var(--soft)}.soft+.scroll{margin-top:8px}.whole{white-space:nowrap}
.verdict{border-radius:14px;padding:24px 28px;border-left:10px solid;background:var(--card)}
.verdict.go{background:var(--good-bg);border-color:var(--good)}
.verdict.no-go{background:var(--bad-bg);border-color:var(--bad)}
.verdict.invalid{background:var(--unsure-bg);border-color:var(--unsure)}
.word{display:flex;align-items:center;gap:10px;font-weight:800;font-size:22px;letter-spacing:.04em}
.word svg{width:30px;height:30px;flex:none}
.go .word{color:var(--good)}.no-go .word{color:var(--bad)}.invalid .word{color:var(--unsure)}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:14px;margin:16px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 20px}
.tile .value{font-size:32px;font-weight:700;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile .label{font-weight:600}.tile .note{color:var(--soft);font-size:14px}
.tile.bad .value{color:var(--bad)}.tile.unsure .value{color:var(--unsure)}
.act{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 20px;display:grid;
grid-template-columns:max-content minmax(0,1fr);gap:8px 18px}
.act dt{font-weight:700}.act dd{margin:0;min-width:0;overflow-wrap:anywhere}
code{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--code);
padding:2px 6px;border-radius:5px;overflow-wrap:anywhere;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px}
.chart{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 14px 12px}
.chart figcaption{display:flex;flex-wrap:wrap;gap:2px 16px;justify-content:space-between;align-items:baseline;
padding:0 4px 6px}
.chart svg{display:block;width:100%;height:auto}.chart .desc{color:var(--soft);font-size:13.5px;padding:4px 4px 0}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:0;padding:0;font-size:13.5px;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:6px}.chart .key{width:26px;height:12px;flex:none}
.grid{stroke:var(--line);stroke-width:1}.band{fill:var(--band)}
.launch{stroke:var(--soft);stroke-width:1;stroke-dasharray:1 3}
.tick,.phase{fill:var(--soft);font-size:11.5px}.phase{font-weight:600}
.series{fill:none;stroke-width:2;stroke-linejoin:round}.one{stroke:var(--one)}.two{stroke:var(--two)}
.three{stroke:var(--three)}.limit{stroke:var(--limit)}.dashed{stroke-dasharray:7 4}.dotted{stroke-dasharray:2 4}
.thick{stroke-width:4}.spread{fill:var(--three);opacity:.18}.missing{fill:url(#hatch);stroke:none}
.hatch{stroke:var(--limit);stroke-width:2}.hit{fill:transparent}.hit:hover{fill:var(--soft);fill-opacity:.16}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%;font-size:14.5px}
th,td{text-align:left;padding:9px 14px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}th{font-size:13px;color:var(--soft);font-weight:600;white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.holds,.falls,.unsure-text{white-space:nowrap}.holds{color:var(--good)}.falls{color:var(--bad);font-weight:700}.unsure-text{color:var(--unsure);font-weight:700}
details,.unseen{margin-top:12px}summary{cursor:pointer;font-weight:600;padding:6px 0}
ul.plain{margin:0;padding-left:20px}
.sign{display:flex;flex-wrap:wrap;gap:14px 40px;margin-top:44px;padding-top:18px;border-top:1px solid var(--line)}
.sign span{display:inline-block;border-bottom:1px solid var(--ink);min-width:240px;height:1.4em}
@media screen and (max-width:760px){main{padding:12px 12px 36px}.charts,.tiles{grid-template-columns:minmax(0,1fr)}
.tile{padding:12px 16px}.tile .value{font-size:26px}h1{font-size:24px}.verdict{padding:18px 18px;border-left-width:8px}
.act{grid-template-columns:minmax(0,1fr);gap:2px}.act dt{margin-top:8px}.sign span{min-width:180px}
.tick{font-size:14px}.phase{font-size:12px}th,td{padding:8px 10px}td:first-child{min-width:140px}}
@media screen and (max-width:480px){.holds,.falls,.unsure-text{white-space:normal;min-width:150px}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--band:#f4f4f4;--one:#1f5fbf;--two:#b4530a;
--three:#7a3fb0;--limit:#c02525;--good:#12733f;--bad:#b3201f;--unsure:#8a5a00;--code:#f0f0f0;--good-bg:#fff;
--bad-bg:#fff;--unsure-bg:#fff}main{max-width:none;padding:0}body{font-size:11pt}
.verdict{border:1px solid;border-left-width:10px}
.chart,.tile,.act,tr{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}.hit{display:none}
table{font-size:9.5pt}th,td{padding:4px 8px}code{font-size:9pt}.tile .value{font-size:20pt}h1{font-size:20pt}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""

SCRIPT = """
addEventListener('beforeprint',()=>document.querySelectorAll('details').forEach(d=>{d.dataset.was=d.open?'1':'';d.open=true}));
addEventListener('afterprint',()=>document.querySelectorAll('details').forEach(d=>{d.open=d.dataset.was==='1'}));
"""
"""Folded parts are opened on paper; everything else works without it."""
