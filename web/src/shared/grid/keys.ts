import type { Step } from './selection'

/**
 * ready: a cell is active and nothing is typed; type: typing replaces the value and arrows go on to the next cell;
 * edit: the value is changed in place and arrows move in the text.
 */
export type Mode = 'ready' | 'type' | 'edit'

export type Command =
  | { do: 'move'; step: Step; extend: boolean }
  | { do: 'tab'; direction: 1 | -1 }
  | { do: 'edit' | 'cancel' | 'release' | 'clear' | 'fill' | 'all' | 'undo' | 'redo' }

export interface Keystroke {
  key: string
  ctrl: boolean
  shift: boolean
}

const arrows: Record<string, Step> = {
  ArrowUp: { rows: -1, columns: 0 },
  ArrowDown: { rows: 1, columns: 0 },
  ArrowLeft: { rows: 0, columns: -1 },
  ArrowRight: { rows: 0, columns: 1 },
}

/** What a key does in a mode; undefined leaves it to the browser. `pageRows` is how many rows are seen at once. */
export function commandFor(stroke: Keystroke, mode: Mode, pageRows: number): Command | undefined {
  const { key, shift } = stroke
  if (key === 'Enter') return { do: 'move', step: { rows: shift ? -1 : 1, columns: 0 }, extend: false }
  if (key === 'Tab') return { do: 'tab', direction: shift ? -1 : 1 }
  if (key === 'Escape') return { do: mode === 'ready' ? 'release' : 'cancel' }
  if (mode === 'edit') return undefined
  const arrow = arrows[key]
  if (arrow) return { do: 'move', step: stroke.ctrl ? far(arrow) : arrow, extend: shift && mode === 'ready' }
  return mode === 'ready' ? readyCommand(stroke, pageRows) : undefined
}

function readyCommand({ key, ctrl, shift }: Keystroke, pageRows: number): Command | undefined {
  if (ctrl) return shortcut(key.toLowerCase(), shift)
  switch (key) {
    case 'F2':
      return { do: 'edit' }
    case 'Delete':
    case 'Backspace':
      return { do: 'clear' }
    case 'Home':
      return { do: 'move', step: { rows: 0, columns: -Infinity }, extend: shift }
    case 'End':
      return { do: 'move', step: { rows: 0, columns: Infinity }, extend: shift }
    case 'PageUp':
      return { do: 'move', step: { rows: -pageRows, columns: 0 }, extend: shift }
    case 'PageDown':
      return { do: 'move', step: { rows: pageRows, columns: 0 }, extend: shift }
    default:
      return undefined
  }
}

function shortcut(key: string, shift: boolean): Command | undefined {
  switch (key) {
    case 'z':
      return { do: shift ? 'redo' : 'undo' }
    case 'y':
      return { do: 'redo' }
    case 'd':
      return { do: 'fill' }
    case 'a':
      return { do: 'all' }
    case 'home':
      return { do: 'move', step: { rows: -Infinity, columns: -Infinity }, extend: shift }
    case 'end':
      return { do: 'move', step: { rows: Infinity, columns: Infinity }, extend: shift }
    default:
      return undefined
  }
}

function far({ rows, columns }: Step): Step {
  return { rows: rows === 0 ? 0 : rows * Infinity, columns: columns === 0 ? 0 : columns * Infinity }
}
