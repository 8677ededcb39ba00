import { useRef, useState, type KeyboardEvent } from 'react'
import { planClear, planEntry, planFillDown } from './edits'
import { headerHeight, rowHeight } from './geometry'
import { commandFor, type Command, type Mode } from './keys'
import { everything, move, nextEditable, only, type Selection } from './selection'
import type { Grid } from './use_grid'

export interface GridEditor {
  mode: Mode
  draft: string
  /** Takes in what was typed; the first character replaces the value. */
  type: (text: string) => void
  /** Begins to change the value in place. */
  edit: () => void
  /** Stores or drops what is being typed. */
  finish: (keep: boolean) => void
  /** Stores what is being typed, then selects. */
  choose: (selection: Selection) => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** Typing in a grid: when a value begins, changes and ends, and what each key does. */
export function useGridEditor(grid: Grid): GridEditor {
  const { sheet, selection, range, viewport } = grid
  const { active } = selection
  const [mode, setMode] = useState<Mode>('ready')
  const [draft, setDraft] = useState('')
  const released = useRef(false)

  function begin(next: Mode, text: string) {
    if (!sheet.editable(active)) return
    setMode(next)
    setDraft(text)
    grid.show(active)
  }

  function finish(keep: boolean) {
    if (mode === 'ready') return
    if (keep) grid.apply(planEntry(sheet, active, draft))
    setMode('ready')
    setDraft('')
  }

  function choose(next: Selection) {
    finish(true)
    grid.select(next)
  }

  function tab(direction: 1 | -1): boolean {
    const next = released.current ? undefined : nextEditable(active, direction, sheet.size, sheet.editable)
    if (next) choose(only(next))
    return next !== undefined
  }

  const actions: Record<Exclude<Command['do'], 'move' | 'tab' | 'release'>, () => void> = {
    edit: () => begin('edit', sheet.read(active)),
    cancel: () => finish(false),
    clear: () => grid.apply(planClear(sheet, range)),
    fill: () => grid.apply(planFillDown(sheet, range)),
    all: () => grid.select(everything(sheet.size)),
    undo: grid.undo,
    redo: grid.redo,
  }

  /** Carries a command out; false leaves the key to the browser. */
  function execute(command: Command): boolean {
    if (command.do === 'tab') return tab(command.direction)
    if (command.do === 'release') return false
    if (command.do === 'move') choose(move(selection, command.step, sheet.size, command.extend))
    else actions[command.do]()
    return true
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes, its keys are its own; 229 is what browsers report for them.
    if (event.nativeEvent.isComposing || event.keyCode === 229 || event.altKey) return
    const page = Math.max(1, Math.floor((viewport.height - headerHeight) / rowHeight) - 1)
    const command = commandFor({ key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey }, mode, page)
    if (command && execute(command)) event.preventDefault()
    // Escape, then Tab leaves the grid (WCAG 2.1.2); any other key takes the Escape back.
    if (event.key !== 'Shift' && event.key !== 'Tab') released.current = command?.do === 'release'
  }

  return {
    mode,
    draft,
    type: (text) => (mode === 'ready' ? begin('type', text) : setDraft(text)),
    edit: actions.edit,
    finish,
    choose,
    onKeyDown,
  }
}
