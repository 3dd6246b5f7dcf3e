/** How charts look, light and dark. Colours by class, so that a page with a strict policy can have them. */
export const chartStyle = `
:root{--s0:#57606c;--s1:#0b57b0;--s2:#b3541e;--s3:#15692f;--s4:#8a3ffc;--s5:#ab1c6b}
@media(prefers-color-scheme:dark){:root{--s0:#9ba6b4;--s1:#82b6f5;--s2:#f0a06a;--s3:#6fd394;--s4:#c4a5ff;--s5:#f59ac6}}
.chart{display:block;width:100%;min-width:34rem;max-width:56rem;height:auto;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px;font-variant-numeric:tabular-nums}
.chart text{fill:var(--text)}
.chart .tick,.chart .axis{fill:var(--quiet)}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart .reference{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3}
.chart .s0{--series:var(--s0)}.chart .s1{--series:var(--s1)}.chart .s2{--series:var(--s2)}.chart .s3{--series:var(--s3)}.chart .s4{--series:var(--s4)}.chart .s5{--series:var(--s5)}
.chart .line{stroke:var(--series);stroke-width:1.75;stroke-linejoin:round}
.chart .interval{stroke:var(--series);stroke-width:5;stroke-opacity:.35;stroke-linecap:round}
.chart .interval.thin{stroke-width:3}
.chart .median{fill:var(--series)}
.chart .median.noisy{fill:var(--ground);stroke:var(--series);stroke-width:1.5}
.chart .series-name{fill:var(--series);font-weight:600}
`;
