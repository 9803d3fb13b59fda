/** @file The report's style sheet. One constant text, since the content security policy names it by its digest. */

import { chartColours, chartRules } from './charts/chart-style.ts'

export const styleSheet = `
:root{color-scheme:light dark;--faint:#f4f6f8;--link:#0b5cad;--note:#0b5cad;
${Object.entries(chartColours)
  .map(([name, colour]) => `--${name}:${colour}`)
  .join(';')}}
@media (prefers-color-scheme:dark){:root{--page:#14181c;--text:#e4e8ec;--soft:#a2acb6;--rule:#343c44;--faint:#1d2329;\
--link:#7db8f0;
--before:#98a1aa;--after:#4cc7ae;--alarm:#f0935a;--note:#7db8f0;
--k0:#56b4e9;--k1:#f08a3c;--k2:#35c497;--k3:#e59cc6;--k4:#e0c04a;--k5:#a9a9f5;--k6:#a2acb6}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:66rem;padding:2rem 1.25rem 4rem;background:var(--page);color:var(--text);\
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem;font-weight:650}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .8rem;font-weight:650}
p,ul,ol,dl{margin:.5rem 0}
p,li,dd,figcaption{max-width:46rem}
ul{padding-left:1.2rem}
li{margin:.2rem 0}
a{color:var(--link)}
.subject{margin:.1rem 0;color:var(--soft)}
section{margin:2.2rem 0 0;padding:1.4rem 0 0;border-top:1px solid var(--rule)}
.verdict,.warnings{border:1px solid var(--rule);border-left:5px solid var(--soft);border-radius:4px;\
background:var(--faint);padding:1rem 1.25rem;margin-top:1.5rem}
.verdict.leak,.warnings{border-left-color:var(--alarm)}
.verdict.bounded{border-left-color:var(--note)}
.verdict h2,.warnings h2{font-size:.85rem;margin:0;color:var(--soft);font-weight:600}
.status{font-size:1.25rem;font-weight:650;margin:.1rem 0}
.finding{margin:.3rem 0}
.verdict ul,.warnings ul{font-size:.93rem}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0;margin:1.4rem 0 0;font-size:.9rem}
.note,figcaption{font-size:.88rem;color:var(--soft)}
dl>div{display:grid;grid-template-columns:12rem 1fr;gap:0 1.2rem;padding:.45rem 0;border-top:1px solid var(--rule)}
dl>div:first-child{border-top:0}
dt{color:var(--soft);font-size:.93rem}
dd{margin:0;min-width:0}
dd ul{margin:0;padding-left:1.1rem}
.pairs{list-style:none;padding:0}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{background:var(--faint);border:1px solid var(--rule);border-radius:4px;padding:.7rem .9rem;white-space:pre-wrap}
.scroll{overflow-x:auto;margin:0 0 1rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;overflow-wrap:normal;min-width:100%}
.caption{font-weight:600;font-size:.9rem;margin:1.4rem 0 .35rem}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-top:1px solid var(--rule);font-weight:400;\
white-space:nowrap}
th:first-child,td:first-child{padding-left:0}
tbody th{white-space:normal;overflow-wrap:break-word}
thead th{color:var(--soft);font-weight:600;border-top:0;border-bottom:1px solid var(--soft);vertical-align:bottom;\
white-space:normal}
thead th.figure,td{text-align:right}
.interval{color:var(--soft);font-size:.92em}
.dense .interval{display:block}
.stacked{font-size:.84rem}
.phase{display:block}
.stacked .phase:last-child{font-weight:600}
.stacked .phase .interval{display:inline;font-weight:400}
.definition{display:block;min-width:10rem;color:var(--soft);font-size:.92em}
.absent{color:var(--soft);font-style:italic}
figure{margin:1rem 0}
figcaption{margin-top:.5rem}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,14.5rem),1fr));gap:1.1rem 1.4rem}
.panels.paired{grid-template-columns:repeat(4,1fr)}
.panels.few{grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),25rem))}
.panels.five{grid-template-columns:repeat(5,1fr);gap:1.1rem}
.panels.large{grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
.panels.wide{grid-template-columns:1fr;overflow-x:auto}
.panels>div{max-width:25rem;display:flex;flex-direction:column;justify-content:flex-end}
.panels.wide>div{max-width:46rem;min-width:34rem}
.panel-heading{font-size:.88rem;font-weight:600;margin:0 0 .2rem}
.measure{color:var(--soft);font-weight:400;display:block}
.legend{font-size:.9rem;display:flex;flex-wrap:wrap;gap:.1rem 1.3rem;margin:.4rem 0 .8rem}
figure.forest{max-width:54rem}
.forest .group{font-size:.9rem;font-weight:600;margin:0;padding-top:.7rem}
.forest .attack{display:grid;grid-template-columns:11rem 1fr 7.5rem;gap:0 .8rem;align-items:center;font-size:.88rem}
.forest .numbers{color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}
.forest text{font-size:12px}
details{margin:.6rem 0;border-top:1px solid var(--rule);padding-top:.5rem}
summary{cursor:pointer;font-size:.93rem;color:var(--link)}
svg{display:block;overflow:visible}
svg.panel{width:100%;height:auto}
svg.key{display:inline-block;vertical-align:middle}
svg.panel text{font-size:11px}
.few svg.panel text{font-size:8.5px}
.wide svg.panel text{font-size:11px}
${chartRules}
@media (max-width:60rem){.panels.paired{grid-template-columns:1fr 1fr}\
.panels.five{grid-template-columns:repeat(auto-fill,minmax(min(100%,10rem),1fr))}}
@media (max-width:38rem){svg.panel text{font-size:9px}.interval{display:block}.panels.paired{grid-template-columns:1fr}\
.forest .attack{grid-template-columns:1fr auto}.forest .attack svg{grid-row:2;grid-column:1/3}\
body{padding:1.2rem 1rem 3rem}h1{font-size:1.4rem}dl>div{grid-template-columns:1fr}\
.verdict,.warnings{padding:.8rem 1rem}}
@media print{.interval{display:block}:root{color-scheme:light;--page:#fff;--text:#000;--soft:#444;--rule:#bbb;\
--faint:#fff;--link:#000;--before:#6b6b6b;--after:#0b6e5d;--alarm:#b3470a;--note:#0b5cad;
--k0:#0072b2;--k1:#d55e00;--k2:#008560;--k3:#b9558d;--k4:#8a6a00;--k5:#3d3d8f;--k6:#6b7280}
html{font-size:12px}body{max-width:none;padding:0;font-size:1rem}nav{display:none}\
details::details-content{content-visibility:visible;display:block;height:auto}.scroll{overflow:visible}\
th,td{padding:.25rem .4rem}table,.stacked{font-size:.82rem}
section{break-inside:auto}h2,.caption,.panel-heading{break-after:avoid}\
tr,svg,.attack,.panels>div,dl>div,.verdict{break-inside:avoid}\
.panels,.panels.paired,.panels.few{grid-template-columns:repeat(4,1fr)}.panels.wide>div{min-width:0}\
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`
