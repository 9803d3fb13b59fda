/** @file How charts look, shared by the report's page and by figures that stand alone. */

/**
 * Colours on white by the name of their custom property; k0 to k6 (after Okabe and Ito) are told apart by colour-blind
 * readers.
 */
export const chartColours = {
  page: '#fff',
  text: '#1c2126',
  soft: '#59636e',
  rule: '#d9dee3',
  before: '#7a828b',
  after: '#0b6e5d',
  alarm: '#b3470a',
  k0: '#0072b2',
  k1: '#d55e00',
  k2: '#008560',
  k3: '#b9558d',
  k4: '#8a6a00',
  k5: '#3d3d8f',
  k6: '#6b7280',
} as const

/** Rules for what charts draw, one a line, without media queries. */
export const chartRules = `svg text{fill:var(--text);font-size:11px;font-variant-numeric:tabular-nums}
svg text.tick,svg .tick text,svg text.axis-label{fill:var(--soft)}
.grid,.grid path{stroke:var(--rule);fill:none}
.frame{fill:none;stroke:var(--rule)}
.axis,.chance{stroke:var(--soft);fill:none}
path.chance{stroke-dasharray:2 3}
.gate{stroke:var(--alarm);stroke-dasharray:5 4;stroke-width:1.5}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
.area{stroke:none;opacity:.14}
.whisker{stroke-width:2}
.point{stroke-width:2}
.before{stroke:var(--before)}
.after{stroke:var(--after)}
.line.before{stroke-dasharray:4 3}
circle.before{fill:var(--page)}
circle.after{fill:var(--after)}
.dot{fill:none;stroke-linecap:round;stroke-width:4.4;opacity:.8}
.mark{fill:none;stroke-width:1.1;opacity:.7}
.k0{stroke:var(--k0)}.k1{stroke:var(--k1)}.k2{stroke:var(--k2)}.k3{stroke:var(--k3)}.k4{stroke:var(--k4)}\
.k5{stroke:var(--k5)}.k6{stroke:var(--k6)}.k-none{stroke:var(--soft)}
.area.k0{fill:var(--k0)}.area.k1{fill:var(--k1)}.area.k2{fill:var(--k2)}.area.k3{fill:var(--k3)}\
.area.k4{fill:var(--k4)}.area.k5{fill:var(--k5)}.area.k6{fill:var(--k6)}
.hollow{fill:var(--page);stroke-width:1.6;stroke-linejoin:round}
.name{paint-order:stroke;stroke:var(--page);stroke-width:3;stroke-linejoin:round}
.front{fill:none;stroke:var(--soft);stroke-width:1.2;stroke-dasharray:4 3}
.baseline{fill:none;stroke:var(--before);stroke-width:1.4;stroke-dasharray:6 4}`

/**
 * The same rules with colours in place of custom properties, which many programs that read SVG files do not know, and
 * only for elements inside `scope`, so that a figure pasted into a page changes nothing else there.
 */
export function standaloneRules(scope: string): string {
  return chartRules
    .replace(/var\(--(\w+)\)/g, (_, name: string) => chartColours[name as keyof typeof chartColours])
    .replace(
      /([^{}]+)\{/g,
      (_, selectors: string) =>
        `${selectors.startsWith('\n') ? '\n' : ''}${selectors
          .trim()
          .split(',')
          .map((selector) => `${scope} ${selector}`)
          .join(',')}{`,
    )
}
