/** The style sheet of a report: calm, dense, for a phone, a wide screen, dark, light and paper. */
import { drawingStyle } from './style-drawing.js';
import { tableStyle } from './style-tables.js';
import { toolStyle } from './style-tools.js';

/** Contrast of text is at least 4.5:1 on each ground (WCAG 2.2, 1.4.3). */
const colors = `
:root{color-scheme:light dark;
--ground:#fff;--raised:#f6f7f9;--line:#dde1e7;--strong-line:#b6bec9;--text:#1b2027;--quiet:#57606c;--link:#0b57b0;
--good:#15692f;--good-ground:#e7f4ea;--bad:#ab1c14;--bad-ground:#fce9e7;--warn:#7a4d00;--warn-ground:#fbf1d6;--extra:#0b57b0;--extra-ground:#e6effb;--violet:#6b3fb5;--violet-ground:#f3edfc;
--p1:#9aa4b1;--p2:#4a78c2;--p3:#d9a441;--p4:#2f8f63;--p5:#c3c9d1;--shade:rgb(20 28 38/.28)}
@media(prefers-color-scheme:dark){:root{
--ground:#11151a;--raised:#181d24;--line:#2a313b;--strong-line:#4b5666;--text:#e3e7ec;--quiet:#9ba6b4;--link:#82b6f5;
--good:#6fd394;--good-ground:#14301f;--bad:#ff9d94;--bad-ground:#431b18;--warn:#ecc067;--warn-ground:#372b10;--extra:#82b6f5;--extra-ground:#152a45;--violet:#b79af0;--violet-ground:#291d42;
--p1:#6d7887;--p2:#5d8fe0;--p3:#c9963a;--p4:#46b183;--p5:#475160;--shade:rgb(0 0 0/.5)}}
`;

const base = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:84rem;background:var(--ground);color:var(--text);font:400 .9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1{font-size:1.5rem;line-height:1.3;font-weight:600;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.125rem;font-weight:600;margin:0 0 .5rem}
h3{font-size:1rem;font-weight:600;margin:0 0 .5rem}
h4{font-size:.9375rem;font-weight:600;margin:1.25rem 0 .25rem}
p{margin:.25rem 0}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
section{margin-top:2.75rem}
.quiet,.facts,.hint,.eyebrow{color:var(--quiet)}
.facts,.hint,.quiet{font-size:.8125rem}
.facts span{display:inline-block}
.eyebrow{font-size:.8125rem;margin:0}
.hint{margin:0 0 .5rem;max-width:72rem}
header nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:1rem;padding-top:.75rem;border-top:1px solid var(--line);font-size:.875rem}
h1 .rest{display:block;margin-top:.25rem;font-size:1rem;line-height:1.5;font-weight:400;text-wrap:wrap;max-width:60rem}
.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}.verdict.warn{color:var(--warn)}
.legend{display:flex;flex-wrap:wrap;gap:.375rem 1.25rem;align-items:center;margin:0 0 .875rem;font-size:.8125rem;color:var(--quiet)}.legend>span{white-space:nowrap}
.key{display:inline-block;width:1.5rem;height:14px;vertical-align:-2px;overflow:visible}
.badge{display:inline-block;padding:0 .4375rem;border-radius:.25rem;font-weight:500;white-space:nowrap;font-size:.8125rem;line-height:1.5}
.kept{color:var(--good);background:var(--good-ground)}
.broken{color:var(--bad);background:var(--bad-ground);font-weight:700}
.absent,.not-applicable,.not-built,.not-measured{color:var(--quiet);background:var(--raised)}
.extra{color:var(--extra);background:var(--extra-ground)}
.unverified{color:var(--warn);background:var(--warn-ground)}
.finding{border-top:1px solid var(--line);padding:1rem 0 1.125rem}
.finding p,.finding li,.declared{max-width:60rem}
.declared{color:var(--quiet)}
.check+.check{border-top:1px solid var(--line);margin-top:.75rem;padding-top:.75rem}
.evidence{margin:.5rem 0;padding-left:1.125rem}.evidence li{margin:.375rem 0}
.evidence dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .75rem;margin:.125rem 0;font-size:.875rem}
dt{color:var(--quiet)}dd{margin:0;min-width:0}
summary{cursor:pointer}
.run{border-top:1px solid var(--line)}.run:last-child{border-bottom:1px solid var(--line)}
.run>summary{padding:.625rem 0;display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;list-style:none}
.run>summary::-webkit-details-marker{display:none}
.run>summary::before{content:"▸";color:var(--quiet);width:.75rem}.run[open]>summary::before{content:"▾"}
.run-name{font-weight:600}
.tally{margin-left:auto;font-size:.8125rem;display:inline-flex;flex-wrap:wrap;gap:.25rem .75rem}
.run-body{padding:0 0 1.5rem}
.scroll{overflow-x:auto;max-width:100%}
`;

/** From the side on a wide screen, from below on a phone. */
const drawer = `
.why{position:fixed;inset:0 0 0 auto;width:min(36rem,100vw);height:100%;max-height:none;margin:0;padding:1.25rem 1.5rem 2rem;border:0;border-left:1px solid var(--line);background:var(--ground);color:var(--text);overflow:auto;box-shadow:0 0 3rem var(--shade)}
.why-head{display:flex;justify-content:space-between;align-items:center;gap:1rem;position:sticky;top:-1.25rem;margin:-1.25rem -1.5rem .5rem;padding:1.25rem 1.5rem .625rem;background:var(--ground);z-index:1}
.why h2{margin:0}
.close{flex:none;font:inherit;font-size:.875rem;line-height:1.25;color:var(--text);background:var(--raised);border:1px solid var(--line);border-radius:.25rem;padding:.25rem .75rem;cursor:pointer}
.why .check{margin-top:.75rem}
.why::backdrop{background:transparent}
@media(max-width:40rem){
body{padding:1.25rem .875rem 3rem}
h1{font-size:1.25rem}
section{margin-top:2.25rem}
.tally{margin-left:1.5rem;width:100%}
.why{inset:auto 0 0 0;width:100%;height:auto;max-height:82%;border:0;border-top:1px solid var(--line);border-radius:.75rem .75rem 0 0;padding:1rem .875rem 1.5rem}
.why-head{top:-1rem;margin:-1rem -.875rem .5rem;padding:1rem .875rem .5rem}
.close{min-height:2.5rem}
.cell,.matrix a,header nav a{touch-action:manipulation}
header nav a{padding:.25rem 0}}
`;

const paper = `
@media print{
:root{color-scheme:light}
body{max-width:none;padding:0;font-size:9.5pt}
nav,.close,.why{display:none!important}
section{margin-top:1.25rem}
.evidence li,tr,figure{break-inside:avoid}
details.values{display:none}
summary,.run>summary::before{list-style:none}summary::marker{content:""}.run>summary::before{display:none}
h2,h3,summary,.hint,.legend{break-after:avoid}
.scroll{overflow:visible}
.matrix{table-layout:fixed;font-size:7.5pt}
.matrix thead th{min-width:0;overflow-wrap:anywhere;font-size:7.5pt}
.matrix th:first-child{width:7.5rem;white-space:normal}
.matrix .cell{flex-direction:column;gap:0;padding:0;font-size:6.5pt;line-height:1.2;min-height:1.5rem}
.bars,.needs,.promises{font-size:8pt}.bars tbody th{width:11rem;min-width:9rem}.bars td.chart{width:28%;min-width:7rem}.ladder .ends{width:9rem}.bars th,.bars td{padding-left:.25rem;padding-right:.25rem}.bars tr>:first-child{padding-left:0}.note{font-size:7pt}
.drawing .least{display:none}.drawing .picture{max-height:22cm}
td,th{overflow-wrap:anywhere}
a{color:inherit}
details::details-content{content-visibility:visible;block-size:auto;height:auto}
.badge,.cell,.bar,.key,.drawing{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;

/** Paper is white, whatever the screen is. */
const lightPaper = `@media print{${colors.slice(0, colors.indexOf('@media'))}}`;

export const pageStyle = [colors, base, tableStyle, drawingStyle, toolStyle, drawer, lightPaper, paper].join('').trim();
