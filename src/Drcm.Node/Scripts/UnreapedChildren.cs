using System.Collections.Concurrent;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>Children that did not die in time, so that their numbers are given back when they do.</summary>
internal static class UnreapedChildren
{
    /// <summary>More would mean a machine full of processes in uninterruptible sleep; later ones stay zombies until drcmd ends.</summary>
    private const int CountMax = 1024;

    private static readonly ConcurrentQueue<int> Waiting = new();

    internal static void Add(int pid)
    {
        if (Waiting.Count < CountMax) Waiting.Enqueue(pid);
    }

    internal static void Reap()
    {
        for (var left = Waiting.Count; left > 0 && Waiting.TryDequeue(out var pid); left--)
        {
            if (!Posix.TryReap(pid, out _)) Waiting.Enqueue(pid);
        }
    }
}
