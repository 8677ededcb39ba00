import type { ClipboardEvent } from 'react'
import { planClear, planPaste, readRange } from './edits'
import { cellCount, move, only } from './selection'
import { formatTSV, parseTSV } from './tsv'
import type { Grid } from './use_grid'
import type { GridEditor } from './use_grid_editor'

interface ClipboardHandlers {
  onPaste: (event: ClipboardEvent) => void
  onCopy: (event: ClipboardEvent) => void
  onCut: (event: ClipboardEvent) => void
}

/** Copy, cut and paste of ranges; while a value is typed they are those of its text. */
export function gridClipboard(grid: Grid, editor: GridEditor): ClipboardHandlers {
  const { sheet, range, selection } = grid

  function onPaste(event: ClipboardEvent) {
    const text = event.clipboardData.getData('text/plain')
    if (editor.mode !== 'ready' || text === '') return
    event.preventDefault()
    const block = parseTSV(text)
    grid.apply(planPaste(sheet, range, block))
    if (cellCount(range) > 1) return
    const width = block.reduce((widest, row) => Math.max(widest, row.length), 1)
    grid.select(move(only(selection.active), { rows: block.length - 1, columns: width - 1 }, sheet.size, true))
  }

  function onCopy(event: ClipboardEvent) {
    if (editor.mode !== 'ready') return
    event.preventDefault()
    event.clipboardData.setData('text/plain', formatTSV(readRange(sheet, range)))
    grid.tell({ kind: 'copied', count: cellCount(range) })
  }

  function onCut(event: ClipboardEvent) {
    if (editor.mode !== 'ready') return
    onCopy(event)
    grid.apply(planClear(sheet, range))
  }

  return { onPaste, onCopy, onCut }
}
