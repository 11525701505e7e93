import { told } from '../../src/api/index.ts';
import { history } from './zh-CN/history.ts';
import { setup } from './zh-CN/setup.ts';
import { views } from './zh-CN/views.ts';
import { window } from './zh-CN/window.ts';

/** 简体中文。Chinese has one form for every number. */
export const zhCN = { ...window, ...views, ...history, ...setup, ...told['zh-CN'] } as const;
