import {
  AuditOutlined,
  ClusterOutlined,
  DashboardOutlined,
  ExperimentOutlined,
  FileDoneOutlined,
  FileProtectOutlined,
  HddOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  TeamOutlined,
  ToolOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Key } from '../i18n/i18n'
import type { Role } from './roles'

/** One entry of the side menu. The server decides what a person may do; the menu only leaves out what is not theirs. */
export interface MenuItem {
  path: string
  label: Key
  icon: ReactNode
  roles: readonly Role[]
}

export interface MenuGroup {
  label: Key
  items: readonly MenuItem[]
}

const overseers: readonly Role[] = ['auditor', 'leader', 'technical_manager', 'administrator']
const laboratory: readonly Role[] = ['sampler', 'custodian', 'technician', 'reviewer', 'signatory', ...overseers]
const metrology: readonly Role[] = ['verifier', 'checker', 'approver', ...overseers]
const tracers: readonly Role[] = ['technician', 'reviewer', 'signatory', ...metrology]
const staff: readonly Role[] = [...laboratory, ...metrology]

/** The side menu: first the work of the laboratory, then of metrology, then what both lead to; a business has its own. */
export const menu: readonly MenuGroup[] = [
  {
    label: 'nav.laboratory',
    items: [
      { path: '/samples', label: 'nav.samples', icon: <ExperimentOutlined aria-hidden />, roles: laboratory },
      { path: '/analyses', label: 'nav.analyses', icon: <DashboardOutlined aria-hidden />, roles: ['technician', 'reviewer', ...overseers] },
      { path: '/reports', label: 'nav.reports', icon: <FileDoneOutlined aria-hidden />, roles: ['technician', 'reviewer', 'signatory', ...overseers] },
    ],
  },
  {
    label: 'nav.metrology',
    items: [
      { path: '/instruments', label: 'nav.instruments', icon: <ToolOutlined aria-hidden />, roles: metrology },
      { path: '/verifications', label: 'nav.verifications', icon: <ScheduleOutlined aria-hidden />, roles: metrology },
    ],
  },
  {
    label: 'nav.evidence',
    items: [
      { path: '/documents', label: 'nav.documents', icon: <FileProtectOutlined aria-hidden />, roles: ['custodian', ...tracers] },
      { path: '/trace', label: 'nav.trace', icon: <ClusterOutlined aria-hidden />, roles: tracers },
    ],
  },
  {
    label: 'nav.system',
    items: [
      { path: '/jobs', label: 'nav.jobs', icon: <HddOutlined aria-hidden />, roles: staff },
      { path: '/users', label: 'nav.users', icon: <TeamOutlined aria-hidden />, roles: ['administrator', 'technical_manager'] },
    ],
  },
  {
    label: 'nav.portal',
    items: [
      { path: '/portal/instruments', label: 'nav.my_instruments', icon: <ToolOutlined aria-hidden />, roles: ['business'] },
      { path: '/portal/verifications', label: 'nav.my_verifications', icon: <SolutionOutlined aria-hidden />, roles: ['business'] },
      { path: '/portal/documents', label: 'nav.my_documents', icon: <AuditOutlined aria-hidden />, roles: ['business'] },
      { path: '/portal/jobs', label: 'nav.my_jobs', icon: <HddOutlined aria-hidden />, roles: ['business'] },
    ],
  },
]

/** The part of the menu that is for somebody in these roles and leads to a page that exists. */
export function menuFor(held: readonly string[], exists: (path: string) => boolean): MenuGroup[] {
  return menu
    .map(({ label, items }) => ({ label, items: items.filter((item) => exists(item.path) && item.roles.some((role) => held.includes(role))) }))
    .filter(({ items }) => items.length > 0)
}
