using Drcm.Node.Guarding.Native;
using Drcm.Node.Watchdog;
using Drcm.StateMachine.Guarding;

namespace Drcm.Node.Guarding;

/// <summary>What the guard's core wants, done on this host. Allocates nothing.</summary>
internal sealed unsafe class GuardEffects(GuardMemory memory, GuardTable table, StopScripts scripts, HostFence fence, GuardLog log) : IGuardEffects
{
    private const int WorkingDirectory = -100;
    private const int Exists = 0;
    private const int NoFollow = 0x100;

    private bool _isKillSaid;
    private bool _isEndSaid;

    /// <summary>Time of this step.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>The daemon has acknowledged and is at work: its own stops run, and a second run of the same script beside them could do harm.</summary>
    public bool LeavesScripts { get; set; }

    /// <summary>A new deadline: whoever is killed at it is worth a line.</summary>
    public void Renew()
    {
        _isKillSaid = _isEndSaid = false;
        scripts.KillAll();
    }

    public bool EndDaemon()
    {
        var id = (int)memory.Header->DaemonId;
        var start = memory.Header->DaemonStart;
        if (!GroupKiller.IsSame(id, start)) return true;
        if (!_isKillSaid)
        {
            log.Begin("the lease is over and drcmd "u8).Add(id).Add(" has not acknowledged: killed"u8).End();
            memory.Header->DaemonKills++;
            _isKillSaid = true;
        }
        return GroupKiller.EndProcess(id, start);
    }

    public bool EndStarts(int entry)
    {
        ref var it = ref table[entry];
        var areGone = true;
        for (var i = 0; i < it.GroupCount; i++) areGone &= GroupKiller.EndIfLed(it.GroupId(i), it.GroupStart(i));
        return areGone;
    }

    /// <summary>What the guard can do itself comes first: it takes no time. What a start left running ends after the stop script, as with the daemon.</summary>
    public bool Release(int entry)
    {
        ref var it = ref table[entry];
        var isGone = it.AddressLength == 0 || AddressRemoval.Remove(it.Address, it.AddressLength);
        isGone &= RemoveFiles(ref it);
        if (it.HasScript)
        {
            if (LeavesScripts || !scripts.Step(entry, ref it, Now, log, out var hasSucceeded)) return false;
            // What can be seen gone is gone, whatever the script thinks of itself.
            isGone &= hasSucceeded || it.AddressLength > 0 || it.FileCount > 0;
        }
        for (var i = 0; i < it.GroupCount; i++) isGone &= GroupKiller.EndGroup(it.GroupId(i), it.GroupStart(i));
        return isGone;
    }

    public void EndHost(int entry)
    {
        if (!_isEndSaid) log.Begin(""u8).Add(table[entry].Resource).Add(" is still here past its release budget: this host has to end"u8).End();
        _isEndSaid = true;
        fence.End();
    }

    private static bool RemoveFiles(ref GuardTable.Entry entry)
    {
        var areGone = true;
        var file = entry.Files;
        for (var i = 0; i < entry.FileCount; i++)
        {
            _ = GuardCalls.Unlink(file);
            areGone &= GuardCalls.Access(WorkingDirectory, file, Exists, NoFollow) != 0;
            while (*file++ != 0) { }
        }
        return areGone;
    }
}
