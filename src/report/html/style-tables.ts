/** Tables: the matrix, the bars, and the plain ones. On a phone rows of numbers become blocks with labels. */
export const tableStyle = `
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{padding:.3125rem .625rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
thead th{font-weight:500;color:var(--quiet);font-size:.8125rem;vertical-align:bottom;border-bottom-color:var(--strong-line)}
tbody th{font-weight:500}
.number{text-align:right;white-space:nowrap}
.off{color:var(--bad);font-weight:600}
.note{display:block;font-weight:400;font-size:.75rem;line-height:1.35;color:var(--quiet);max-width:24rem}
table.values{font-size:.8125rem}.values .value{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.values td{overflow-wrap:anywhere}
.bars th{overflow-wrap:anywhere}
details details,.check details{margin-top:.375rem;font-size:.875rem}
.cell{display:inline-flex;align-items:center;justify-content:center;gap:.375rem;width:100%;min-height:1.75rem;padding:0 .375rem;border:1px solid transparent;border-radius:.25rem;font:inherit;font-size:.8125rem;cursor:pointer;white-space:nowrap}
.cell:hover{border-color:currentcolor}
.cell.broken{font-weight:700;border-color:currentcolor}
.matrix{width:auto;min-width:100%}
.matrix th,.matrix td{padding:.125rem .1875rem;border-bottom:1px solid var(--line);vertical-align:middle}
.matrix thead th{vertical-align:bottom;text-align:center;padding-bottom:.375rem;line-height:1.3;min-width:5.5rem}
.matrix th:first-child{position:sticky;left:0;z-index:1;background:var(--ground);padding:.125rem .75rem .125rem 0;white-space:nowrap;text-align:left}
.matrix thead th:first-child{padding-bottom:.375rem}
.matrix tbody tr:hover th{color:var(--link)}
.promises th,.promises td{vertical-align:middle}
.promises th:first-child{white-space:nowrap;width:1%}
.promises td:nth-child(2){width:1%}
.promises .measured{overflow-wrap:anywhere}
.bars tbody th{width:20rem}
.bars td.chart{width:40%;min-width:10rem}
.bar{display:block;width:100%;height:26px;overflow:visible}
.predicted{fill:var(--p2)}
.overhead{fill:var(--p5)}
.interface{fill:var(--text)}
.delivered{fill:var(--ground);stroke:var(--good);stroke-width:2.5}.delivered.off{stroke:var(--bad);fill:var(--bad)}
.phase{stroke:var(--ground);stroke-width:.5}
.phase.sandbox{fill:var(--p1)}.phase.build{fill:var(--p2)}.phase.converge{fill:var(--p3)}.phase.break{fill:var(--bad)}.phase.verify{fill:var(--p4)}.phase.teardown{fill:var(--p5)}
.up{fill:var(--p5)}.down{fill:var(--bad)}
.ladder .ends{font-size:.8125rem;color:var(--quiet);width:16rem}
.needs td,.needs th{overflow-wrap:anywhere}
.none{color:var(--quiet)}
@media(max-width:64rem){.bars td.chart{width:30%}.bars tbody th{width:12rem}}
@media screen and (max-width:48rem){
.bars thead,.needs thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bars tr,.needs tr{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.bars th,.bars td,.needs th,.needs td{border:0;padding:0;text-align:left}
.bars tbody th,.needs tbody th{width:100%}
.bars td.chart{width:100%}
.bars tr{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.125rem .5rem;padding:.75rem 0}
.times tr{grid-template-columns:repeat(3,minmax(0,1fr))}
.outages tr{grid-template-columns:repeat(2,minmax(0,1fr))}
.bars tbody th,.bars td.chart,.bars td[colspan],.ladder .ends{grid-column:1/-1}
.bars tbody th,.ladder .ends{width:auto}
.bars td[data-label],.needs td[data-label]{font-size:.8125rem}
.bars td[data-label]::before,.needs td[data-label]::before{content:attr(data-label);color:var(--quiet);font-weight:400;font-size:.75rem}
.bars td.number::before,.outages td::before{display:block}
.bars td.number{white-space:normal}
.bars td.ends::before,.needs td[data-label]::before{margin-right:.375rem}
.needs td.none{display:none}
.needs td[data-label]{width:100%}
.matrix{font-size:.8125rem}
.matrix th:first-child{white-space:normal;max-width:6.75rem;padding-right:.375rem;line-height:1.25}
.matrix thead th{min-width:4rem;font-size:.75rem}
.cell{flex-direction:column;gap:0;min-height:2.5rem;font-size:.75rem;line-height:1.2;padding:0 .125rem}
.promises .cell{min-width:4.75rem}
.promises tr{display:grid;grid-template-columns:1fr max-content;gap:.125rem .75rem;padding:.375rem 0;border-bottom:1px solid var(--line)}
.promises th,.promises td{border:0;padding:0}
.promises th:first-child,.promises td:nth-child(2){width:auto}
.promises .measured{grid-column:1/-1;font-size:.8125rem;color:var(--quiet)}
.promises thead{display:none}}
`;
