/** The picture of a network in the page's colours. Graphviz writes colours as attributes, which any rule overrides. */
export const drawingStyle = `
.drawing{margin:.75rem 0;border:1px solid var(--line);border-radius:.25rem;background:var(--raised)}
.drawing .scroll{display:grid;grid-template-columns:minmax(min-content,1fr);justify-items:center;padding:.5rem}
.drawing .picture{display:block;max-width:100%;height:auto}
.drawing .graph>polygon{fill:none}
.drawing text{fill:var(--text);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.drawing .host>path{fill:var(--ground);stroke:var(--line)}
.drawing .node>path{fill:var(--raised);stroke:var(--strong-line)}
.drawing .container>path{fill:var(--ground)}
.drawing .bridge>path{fill:var(--extra-ground);stroke:var(--extra)}
.drawing .switch>path{fill:var(--extra);stroke:var(--extra)}.drawing .switch>text{fill:var(--ground)}
.drawing .uplink-switch>path{fill:var(--quiet);stroke:var(--quiet)}.drawing .uplink-switch>text{fill:var(--ground)}
.drawing .outsider>path{fill:var(--good-ground);stroke:var(--good)}
.drawing .router>path{fill:var(--warn-ground);stroke:var(--warn)}
.drawing .world>path{fill:var(--violet-ground);stroke:var(--violet)}
.drawing .edge>path{stroke:var(--strong-line)}
.drawing .edge.lan>path{stroke:var(--extra)}
.drawing .edge.forwarding>path{stroke:var(--warn)}.drawing .edge.forwarding>text{fill:var(--warn)}
.drawing .edge.tunnel>path{stroke:var(--violet)}.drawing .edge.tunnel>text{fill:var(--violet)}
.drawing .edge.odd>path{stroke:var(--bad)}.drawing .edge.odd>text{fill:var(--bad)}
`;
