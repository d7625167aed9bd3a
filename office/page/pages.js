// Every page of the desk, in the order of the navigation. A page is
//   {path, may, title: [zh, en], icon, open(ctx) -> {view() -> template, close()}}
// ctx: {me, args, redraw(), go(path), toast(text), fail(error)}. `may` is the permission that shows it; empty: everyone.
import {accounts} from './pages/accounts.js';
import {alarms} from './pages/alarms.js';
import {audit} from './pages/audit.js';
import {caseFigures} from './pages/case-figures.js';
import {cases} from './pages/cases.js';
import {devices} from './pages/devices.js';
import {drill} from './pages/drill.js';
import {dutyPlan} from './pages/duty-plan.js';
import {duty} from './pages/duty.js';
import {exports_} from './pages/exports.js';
import {gateways} from './pages/gateways.js';
import {grid} from './pages/grid.js';
import {handover} from './pages/handover.js';
import {home} from './pages/home.js';
import {looks} from './pages/looks.js';
import {map} from './pages/map.js';
import {me} from './pages/me.js';
import {month} from './pages/month.js';
import {register} from './pages/register.js';
import {weekly} from './pages/weekly.js';

export const pages = [home, alarms, cases, caseFigures, duty, dutyPlan, handover, weekly, drill, grid, register, devices, gateways, map, looks, month, exports_, accounts, audit, me];
