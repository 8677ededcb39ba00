import { describe, expect, it } from 'vitest'
import { commandFor, type Command, type Mode } from './keys'

const press = (key: string, mode: Mode, modifiers: { ctrl?: boolean; shift?: boolean } = {}) =>
  commandFor({ key, ctrl: false, shift: false, ...modifiers }, mode, 10)
const moves = (rows: number, columns: number, extend = false): Command => ({ do: 'move', step: { rows, columns }, extend })

describe('keys by mode', () => {
  it.each<[string, Command | undefined, Command | undefined]>([
    ['Enter goes down, also out of a value', press('Enter', 'edit'), moves(1, 0)],
    ['Shift-Enter goes up', press('Enter', 'ready', { shift: true }), moves(-1, 0)],
    ['an arrow ends typing', press('ArrowLeft', 'type'), moves(0, -1)],
    ['an arrow moves in the text while editing in place', press('ArrowLeft', 'edit'), undefined],
    ['Shift-arrow extends', press('ArrowDown', 'ready', { shift: true }), moves(1, 0, true)],
    ['Ctrl-arrow goes to the edge', press('ArrowDown', 'ready', { ctrl: true }), moves(Infinity, 0)],
    ['PageDown goes a page on', press('PageDown', 'ready'), moves(10, 0)],
    ['Home goes to the first column', press('Home', 'ready'), moves(0, -Infinity)],
    ['Home moves in the text while typing', press('Home', 'type'), undefined],
    ['Delete clears', press('Delete', 'ready'), { do: 'clear' }],
    ['Delete is the text’s own while typing', press('Delete', 'type'), undefined],
    ['Escape takes back', press('Escape', 'type'), { do: 'cancel' }],
    ['Escape lets go', press('Escape', 'ready'), { do: 'release' }],
    ['Ctrl-Z undoes', press('z', 'ready', { ctrl: true }), { do: 'undo' }],
    ['Ctrl-Z is the text’s own while typing', press('z', 'type', { ctrl: true }), undefined],
    ['Ctrl-Shift-Z redoes', press('Z', 'ready', { ctrl: true, shift: true }), { do: 'redo' }],
    ['Ctrl-C is the browser’s', press('c', 'ready', { ctrl: true }), undefined],
    ['a letter is typed', press('a', 'ready'), undefined],
    ['Tab goes on', press('Tab', 'type'), { do: 'tab', direction: 1 }],
  ])('%s', (_name, got, want) => {
    expect(got).toEqual(want)
  })
})
