namespace Drcm.Node.Scripts;

/// <summary>The session and process group of one script run. The pair stays unambiguous when numbers are reused.</summary>
/// <param name="Id">Process, group and session id of its leader.</param>
/// <param name="StartTime">Start of the leader in clock ticks since boot, field 22 of its stat file.</param>
internal sealed record ProcessGroup(int Id, ulong StartTime);
