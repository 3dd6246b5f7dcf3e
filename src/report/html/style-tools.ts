/** What was compared, filters, and commands to copy. */
export const toolStyle = `
[hidden]{display:none!important}
.cards{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(12.5rem,1fr));gap:.75rem}
.cards a{display:flex;flex-direction:column;height:100%;padding:.625rem .75rem .75rem;border:1px solid var(--line);border-radius:.375rem;color:inherit}
.cards a:hover{border-color:var(--link);text-decoration:none}
.card-name{font-weight:600;color:var(--link)}
.cards .quiet{line-height:1.4}
.thumbnail{display:flex;align-items:center;justify-content:center;height:7.5rem;margin-bottom:.5rem;overflow:hidden}
.thumbnail .picture{display:block;max-width:100%;max-height:100%;width:auto;height:auto}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.5rem;margin:0 0 .75rem;font-size:.875rem}
.tools label{display:inline-flex;align-items:center;gap:.4375rem;min-height:2rem;cursor:pointer}
.tools input[type=checkbox]{width:1rem;height:1rem;margin:0;accent-color:var(--link)}
.tools input[type=search]{font:inherit;color:var(--text);background:var(--ground);border:1px solid var(--strong-line);border-radius:.25rem;padding:.25rem .5rem;width:13rem;max-width:60vw}
#matrix:has(#only-differences:checked) .alike{display:none}
.command{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem;padding:.375rem .375rem .375rem .75rem;background:var(--raised);border:1px solid var(--line);border-radius:.25rem}
.command code{overflow-wrap:anywhere;min-width:0}
.copy{flex:none;font:inherit;font-size:.8125rem;line-height:1.25;color:var(--text);background:var(--ground);border:1px solid var(--strong-line);border-radius:.25rem;padding:.25rem .625rem;cursor:pointer}
.to-copy{display:inline-flex;flex-wrap:wrap;align-items:baseline;gap:.125rem .5rem;max-width:100%}
.to-copy code{overflow-wrap:anywhere;min-width:0}.to-copy .copy{padding:.0625rem .4375rem;font-size:.75rem}
.about{border-top:1px solid var(--line)}.about:last-child{border-bottom:1px solid var(--line)}
.about summary{padding:.5rem 0}.about summary .quiet{margin-left:.375rem}
.about-body{padding:0 0 1.25rem 1.125rem;max-width:46rem;scroll-margin-top:3.5rem}
.about h3{margin:1rem 0 .125rem;font-size:.9375rem}
.again{margin:1.25rem 0 .25rem}
.down.unpromised{fill:var(--p1)}
@media(max-width:40rem){.about-body{padding-left:0;scroll-margin-top:6.5rem}.cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}.cards a{padding:.5rem}.thumbnail{height:5rem}.copy{min-height:2.25rem}}
@media print{.tools,.copy,.about:not([open]),#about:not(:has([open])){display:none!important}.cards{grid-template-columns:repeat(4,minmax(0,1fr));gap:.375rem;font-size:8pt}.cards li{break-inside:avoid}.thumbnail{height:5rem}}
`;
