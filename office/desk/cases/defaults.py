"""What an office begins with and then edits: departments, kinds, deadlines, hours, and the working days of 2026.

Days: General Office of the State Council, 国务院办公厅关于2026年部分节假日安排的通知, 4 November 2025.
"""

from __future__ import annotations

DEFAULTS = """
INSERT INTO departments(id, zh, en, scope_zh, scope_en, rank) VALUES
('general', '总值班室', 'Duty office', '不知道找谁、紧急情况', 'Anything else, and emergencies', 1),
('civil', '民政科', 'Civil affairs', '低保、养老、婚姻、救助', 'Allowances, elders, marriage, relief', 2),
('labour', '劳动和社会保障科', 'Labour and social security', '社保、就业、退休', 'Insurance, jobs, pensions', 3),
('housing', '住房保障科', 'Housing', '公租房、房屋修缮', 'Public housing, repairs', 4),
('family', '卫生计生科', 'Health and family', '计生服务证、防疫、献血', 'Family certificates, prevention', 5),
('culture', '文教科', 'Culture and education', '文化活动、学习、体育', 'Activities, learning, sports', 6),
('city', '城市管理科', 'City services', '路灯、垃圾、道路、占道、绿化', 'Lamps, rubbish, roads, greenery', 7),
('safety', '安全生产科', 'Safety', '消防、燃气、隐患', 'Fire, gas, hazards', 8),
('order', '综合治理科', 'Public order', '噪音、纠纷、治安、流动人口', 'Noise, disputes, order', 9);
INSERT INTO case_kinds(id, zh, en, department, rank) VALUES
('lamp', '路灯', 'Street lamp', 'city', 1),
('rubbish', '垃圾', 'Rubbish', 'city', 2),
('road', '道路', 'Road', 'city', 3),
('blocked', '占道', 'Blocked way', 'city', 4),
('noise', '噪音', 'Noise', 'order', 5),
('safety', '安全隐患', 'Hazard', 'safety', 6),
('elder', '养老助老', 'Help for elders', 'civil', 7),
('other', '其他', 'Other', '', 99);
INSERT INTO case_limits(kind, step, hours) VALUES
('', 'received', 2), ('', 'dispatch', 2), ('', 'handle', 37.5), ('', 'verify', 7.5), ('', 'reply', 7.5),
('', 'close', 52.5),
('lamp', 'handle', 15), ('rubbish', 'handle', 7.5), ('safety', 'handle', 4), ('elder', 'handle', 7.5);
INSERT INTO office_hours VALUES (540, 720), (810, 1080);
INSERT INTO office_days(day, works, why) VALUES
('2026-01-01', 0, '元旦'), ('2026-01-02', 0, '元旦'), ('2026-01-04', 1, '元旦调休'),
('2026-02-14', 1, '春节调休'), ('2026-02-16', 0, '春节'), ('2026-02-17', 0, '春节'), ('2026-02-18', 0, '春节'),
('2026-02-19', 0, '春节'), ('2026-02-20', 0, '春节'), ('2026-02-23', 0, '春节'), ('2026-02-28', 1, '春节调休'),
('2026-04-06', 0, '清明节'),
('2026-05-01', 0, '劳动节'), ('2026-05-04', 0, '劳动节'), ('2026-05-05', 0, '劳动节'), ('2026-05-09', 1, '劳动节调休'),
('2026-06-19', 0, '端午节'), ('2026-09-20', 1, '国庆节调休'), ('2026-09-25', 0, '中秋节'),
('2026-10-01', 0, '国庆节'), ('2026-10-02', 0, '国庆节'), ('2026-10-05', 0, '国庆节'), ('2026-10-06', 0, '国庆节'),
('2026-10-07', 0, '国庆节'), ('2026-10-10', 1, '国庆节调休');
"""
