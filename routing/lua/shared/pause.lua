-- A lead pauses the intake of a line of hers, or lets it go on. Those in line stay and are served.
-- ARGV[5] name  [6] line  [7] on 0|1  [8] how long in s
-- Returns {'ok'} or {'none'}: she is no lead at a desk, or the line is not hers.
local c, line = counsellor_of(ARGV[5]), ARGV[6]
if not c or not c.ld or c.k == '' or not on_line(c, line) then return {'none'} end
if ARGV[7] == '0' then
  undue('pause:' .. line)
elseif not is_paused(line) then
  due('pause:' .. line, tonumber(ARGV[8]))
end
wake_lines()
return {'ok'}
