import { useEffect, useRef, type MouseEvent, type PointerEvent } from 'react'
import { only, type Cell } from './selection'
import type { Grid } from './use_grid'
import type { GridEditor } from './use_grid_editor'

interface PointerHandlers {
  onPointerDown: (event: PointerEvent) => void
  onPointerMove: (event: PointerEvent) => void
  onClick: (event: MouseEvent) => void
  onDoubleClick: () => void
}

/** Selecting with a mouse (by dragging too) and with a finger (by a tap, so that a swipe only scrolls). */
export function useGridPointer(grid: Grid, editor: GridEditor, focus: () => void): PointerHandlers {
  const { active, extent } = grid.selection
  const dragging = useRef(false)
  const byTouch = useRef(false)

  useEffect(() => {
    const end = () => {
      dragging.current = false
    }
    window.addEventListener('pointerup', end)
    return () => window.removeEventListener('pointerup', end)
  }, [])

  function pick(event: MouseEvent, cell: Cell) {
    editor.choose(event.shiftKey ? { active, extent: cell } : only(cell))
    focus()
  }

  return {
    onPointerDown: (event) => {
      const cell = cellAt(event.target)
      byTouch.current = event.pointerType === 'touch'
      if (!cell || event.button !== 0 || byTouch.current) return
      event.preventDefault()
      dragging.current = true
      pick(event, cell)
    },
    onPointerMove: (event) => {
      const cell = dragging.current ? cellAt(event.target) : undefined
      if (cell && (cell.row !== extent.row || cell.column !== extent.column)) grid.select({ active, extent: cell })
    },
    onClick: (event) => {
      const cell = byTouch.current ? cellAt(event.target) : undefined
      if (cell) pick(event, cell)
    },
    onDoubleClick: editor.edit,
  }
}

function cellAt(target: EventTarget): Cell | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null
  if (!element) return undefined
  return { row: Number(element.dataset.row), column: Number(element.dataset.column) }
}
