const mainDivision = 12
const vernierDivision = mainDivision * 0.9
const marks = Array.from({ length: 61 }, (_, index) => index)
const vernierMarks = marks.slice(0, 31)

/** A main scale and its vernier, drawn true: ten divisions of the vernier span nine of the main scale. */
export function VernierScale({ className }: { className: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 720 96" preserveAspectRatio="xMinYMax slice" aria-hidden="true">
      <g stroke="currentColor" strokeWidth="1.25">
        <line x1="0" x2="720" y1="48" y2="48" />
        {marks.map((mark) => (
          <line key={mark} x1={mark * mainDivision + 0.5} x2={mark * mainDivision + 0.5} y1={48 - length(mark)} y2="48" />
        ))}
        {vernierMarks.map((mark) => (
          <line key={mark} x1={mark * vernierDivision + 99} x2={mark * vernierDivision + 99} y1="48" y2={48 + length(mark)} />
        ))}
      </g>
      <g fill="currentColor" fontSize="10" textAnchor="middle">
        {marks.filter((mark) => mark % 10 === 0).map((mark) => (
          <text key={mark} x={mark * mainDivision + 8} y="14">
            {mark / 10}
          </text>
        ))}
      </g>
    </svg>
  )
}

function length(mark: number): number {
  if (mark % 10 === 0) return 28
  return mark % 5 === 0 ? 20 : 12
}
