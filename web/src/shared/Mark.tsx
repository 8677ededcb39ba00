/** The mark of the product: a balance in equilibrium, drawn of lines. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" style={{ flex: 'none' }}>
      <rect width="48" height="48" rx="11" fill="#0958d9" />
      <g fill="none" stroke="#fff" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round">
        <path d="M24 10v27M16 38h16M10 15h28" />
        <path d="M10 15 5.5 27M10 15l4.5 12M38 15l-4.5 12M38 15l4.5 12" />
        <path d="M5 27a5 5 0 0 0 10 0zM33 27a5 5 0 0 0 10 0z" fill="#fff" fillOpacity=".18" />
      </g>
    </svg>
  )
}
