"""What the office can show to whoever inspects it: the proof of one alarm, the month's sheet, exports."""
