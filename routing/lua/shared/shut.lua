-- A line closed: those still in line are told so, at most 32 a call.
-- ARGV[5] line
-- Returns {'ok', changed...}; call again while something changed.
for _, m in ipairs(prefix(WAITING, ARGV[5], 0, 32)) do
  local chat = string.match(m, ':([^:]*)$')
  local r = chat_of(chat)
  if r then finish(chat, r, 'closed', 0) else call('ZREM', WAITING, m) end
end
return {'ok', unpack(changed)}
