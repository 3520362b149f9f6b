// Package chart draws figures as SVG on the server: no script and no inline style, so that a strict policy lets it
// through. Colours are presentation attributes, which any style sheet overrides by class. Positions across are
// percentages and texts have sizes of their own, so that a chart is as readable on a phone as on paper. The same input
// gives the same bytes.
package chart
