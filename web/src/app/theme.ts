import type { ThemeConfig } from 'antd'

/** antd in our colours; palette.css holds the same for what we draw ourselves. Both meet WCAG 2.2 AA on white. */
export const theme: ThemeConfig = {
  token: {
    motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches, // not by CSS: popups that wait for the end of their motion would stay away
    colorPrimary: '#0958d9',
    colorLink: '#0958d9',
    colorError: '#c5161d',
    colorTextDescription: 'rgba(0,0,0,.65)',
    colorTextPlaceholder: 'rgba(0,0,0,.56)',
    borderRadius: 6,
    fontFamily: 'var(--hj-sans)',
    fontSize: 14,
  },
}
