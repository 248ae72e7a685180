using System.Runtime.CompilerServices;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Guarding;

/// <summary>Kills processes and process groups that the table names, and nobody else: a number that has been given to another meanwhile is left alone.
/// Allocates nothing.</summary>
internal static unsafe class GroupKiller
{
    private const int BufferBytes = 32 * 1024;
    private const int NamePlace = 19;
    private const int LengthPlace = 16;

    /// <summary>SIGKILL to one process.</summary>
    /// <returns>It is gone.</returns>
    public static bool EndProcess(int id, long startTime)
    {
        if (!IsSame(id, startTime)) return true;
        var process = GuardCalls.PidFdOpen(id);
        if (process < 0)
        {
            // Before Linux 5.3, or gone in this moment.
            if (IsSame(id, startTime)) _ = GuardCalls.Kill(id, Posix.SigKill);
        }
        else
        {
            // Looked at again with the descriptor in hand: that one cannot be given to another.
            if (IsSame(id, startTime)) _ = GuardCalls.PidFdSignal(process, Posix.SigKill);
            _ = GuardCalls.Close(process);
        }
        return !IsSame(id, startTime);
    }

    /// <summary>SIGKILL to the group of a script that is still at work, told by its first process.</summary>
    /// <returns>It is not at work.</returns>
    public static bool EndIfLed(int id, long startTime)
    {
        if (!IsSame(id, startTime)) return true;
        _ = GuardCalls.Kill(-id, Posix.SigKill);
        return !IsSame(id, startTime);
    }

    /// <summary>SIGKILL to every member of a group, whether its first process lives or not.</summary>
    /// <returns>None is left.</returns>
    public static bool EndGroup(int id, long startTime)
    {
        // Cheap where there is nobody of that number, which is the rule.
        if (GuardCalls.Kill(-id, 0) != 0) return true;
        if (ProcessLook.TryRead(id, out var leader) && leader.StartTime != startTime) return true;
        if (!HasMember(id, startTime)) return true;
        _ = GuardCalls.Kill(-id, Posix.SigKill);
        return !HasMember(id, startTime);
    }

    public static bool IsSame(int id, long startTime) =>
        id > 0 && ProcessLook.TryRead(id, out var look) && look.StartTime == startTime && look.IsAlive;

    /// <summary>The first process led a session of its own, so that a foreign group with a reused number differs in session or start.</summary>
    private static bool HasMember(int id, long startTime)
    {
        var path = stackalloc byte[8];
        "/proc"u8.CopyTo(new Span<byte>(path, 8));
        path[5] = 0;
        var directory = GuardCalls.Open(path, Posix.CloseOnExec, 0);
        if (directory < 0) return true;
        var buffer = stackalloc byte[BufferBytes];
        var found = false;
        int count;
        while (!found && (count = GuardCalls.ReadDirectory(directory, buffer, BufferBytes)) > 0)
        {
            for (var at = 0; at < count && !found; at += Unsafe.ReadUnaligned<ushort>(buffer + at + LengthPlace))
            {
                found = Number(buffer + at + NamePlace) is var member and > 0
                    && ProcessLook.TryRead(member, out var look)
                    && look.Group == id && look.Session == id && look.StartTime >= startTime && look.IsAlive;
            }
        }
        _ = GuardCalls.Close(directory);
        return found;
    }

    /// <summary>0: the name is no number.</summary>
    private static int Number(byte* name)
    {
        var number = 0;
        for (; *name != 0; name++)
        {
            if (*name is < (byte)'0' or > (byte)'9') return 0;
            number = (number * 10) + (*name - '0');
        }
        return number;
    }
}
