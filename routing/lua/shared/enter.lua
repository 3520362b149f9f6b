-- A counsellor enters a desk; the newest desk wins, and her chats are back.
-- ARGV[5] name  [6] node/sock  [7] lines as JSON  [8] languages as JSON  [9] lease in s  [10] leads 0|1
-- Returns {'ok', changed...}.
local name, lines, langs = ARGV[5], cjson.decode(ARGV[7]), cjson.decode(ARGV[8])
local c = counsellor_of(name)
if c and table.concat(c.L, ':') .. '/' .. table.concat(c.G, ':') ~= table.concat(lines, ':') .. '/' .. table.concat(langs, ':') then
  local s = c.s
  c.s = 'rest' -- her entries under the old lines go
  keep_counsellor(name, c)
  c.s = s
end
if c then
  if c.k ~= ARGV[6] then wake_desk(name, c) end
  woken[name] = nil
else
  local owed = 0
  for _, chat in ipairs(held_by(name, 'w')) do
    if call('ZSCORE', DUE, 'wrap:' .. name .. ':' .. chat) then owed = owed + 1 end
  end
  c = {s = 'rest', c = 0, h = owed, k = '', f = '', i = call('INCR', TICKETS), r = 0, was = 0, wasfree = '', wasduty = false}
end
if c.ld and ARGV[10] == '0' then lead_at(name, false) end
c.L, c.G, c.ld = lines, langs, ARGV[10] == '1' or nil
desk_up(name, c, ARGV[6], tonumber(ARGV[9]))
return {'ok', unpack(changed)}
