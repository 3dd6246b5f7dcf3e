/** How charts look, light and dark. Colours by class, so that a page with a strict policy can have them. */
const light = '--s0:#57606c;--s1:#0b57b0;--s2:#b3541e;--s3:#15692f;--s4:#8a3ffc;--s5:#ab1c6b';
const dark = '--s0:#9ba6b4;--s1:#82b6f5;--s2:#f0a06a;--s3:#6fd394;--s4:#c4a5ff;--s5:#f59ac6';

export const chartStyle = `
:root{${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
body{max-width:66rem}
.s0{--series:var(--s0)}.s1{--series:var(--s1)}.s2{--series:var(--s2)}.s3{--series:var(--s3)}.s4{--series:var(--s4)}.s5{--series:var(--s5)}
.chart svg,.lines svg{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.lines{max-width:56rem;overflow:hidden}
.lines svg{display:block;width:100%;height:auto;font-size:12px}
.lines text{fill:var(--text)}
.lines .tick,.lines .axis,.axis .tick{fill:var(--quiet)}
.axis .tick{font-size:.75rem}
.grid{stroke:var(--line);stroke-width:1}
.reference{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3}
.line{stroke:var(--series);stroke-width:1.75;stroke-linejoin:round}
.interval{stroke:var(--series);stroke-width:5;stroke-opacity:.35;stroke-linecap:round}
.key .interval{stroke-opacity:1;stroke-width:3}
.interval.thin{stroke-width:3}
.median{fill:var(--series)}
.median.noisy{fill:var(--ground);stroke:var(--series);stroke-width:1.5}
.lines .series-name{fill:var(--series);font-weight:600}
.legend.names{display:none}.legend.names.long{display:flex}.legend.names>span{white-space:normal;min-width:0;overflow-wrap:anywhere}
.long+.lines .series-name{display:none}
.ratios{max-width:56rem}
.ratios td,.ratios th{border:0;padding-top:0;padding-bottom:0;vertical-align:middle}
.ratios .note{display:inline;margin-left:.25rem}
.ratios tbody th{width:15rem}.ratios td.chart{width:auto;padding:0 .625rem}.ratios td.number{width:5rem}
.ratios tfoot th{font-weight:400;font-size:.8125rem;color:var(--quiet)}
.ratios thead .chart{font-weight:500}
.ratios tfoot .bar{height:20px}
.worse{color:var(--bad);background:var(--bad-ground)}
.better{color:var(--good);background:var(--good-ground)}
.same{color:var(--quiet);background:var(--raised)}
.inconclusive{color:var(--warn);background:var(--warn-ground)}
.told{list-style:none;margin:.5rem 0;padding:0}
.told li{margin:.25rem 0}
.warning{color:var(--warn)}.failure{color:var(--bad)}
@media screen{.figures td{white-space:nowrap}}
.figures h3{margin-top:1.25rem}
@media(min-width:48.01rem),print{.ratios tfoot th{visibility:hidden}}
@media(max-width:40rem){
.legend.names{display:flex}
/* What is right of the lines are their names, which stand above here. */
.lines svg{width:115%;font-size:17px}.lines .series-name{display:none}
.lines .axis{transform:translateY(-6px)}.lines .below{transform:translateY(7px)}
}
@media screen and (max-width:48rem){
.ratios tr{grid-template-columns:minmax(0,1fr) max-content;padding:.375rem 0;border:0}
.bars.ratios tbody th,.bars.ratios tfoot th{grid-column:1;grid-row:1;width:auto}
.bars.ratios td.number{grid-column:2;grid-row:1;text-align:right}
.bars.ratios td.chart{grid-column:1/-1;grid-row:2;padding:0}
.bars.ratios tfoot td:last-child{display:none}
}
@media print{.lines{max-width:16cm;break-inside:avoid}section{break-inside:avoid-page}.figures,.judged{break-inside:auto}.ratios tbody th{width:11rem}.ratios td.chart{width:auto}}
`;
