-- Falls due: the pause of a line is over.
-- ARGV[5] line
-- Returns {'ok'} or {'none'}.
if not fallen('pause:' .. ARGV[5]) then return {'none'} end
undue('pause:' .. ARGV[5])
wake_lines()
return {'ok'}
