using System.Collections.Immutable;
using Drcm.Node.Scripts;
using Drcm.StateMachine;

namespace Drcm.Node.Guarding;

/// <summary>How the guard takes one exclusive resource away without the daemon.</summary>
/// <param name="Resource">For the guard's log; also tells entries of two tables to be the same.</param>
/// <param name="Groups">Process groups that starts and monitors left behind or are still at work in.</param>
internal sealed record ReleaseEntry(ResourceId Resource, ImmutableArray<ProcessGroup> Groups)
{
    /// <summary>4 or 16 bytes: an address to be taken from whatever interface has it; empty: none.</summary>
    public ImmutableArray<byte> Address { get; init; } = [];

    /// <summary>Files to be removed.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>The stop script, ready to be started; null: none, or what the guard does itself is all of it.</summary>
    public LaunchPlan? Script { get; init; }

    /// <summary>Of the script, until its group is killed.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How long after the end of the lease it may be here, where <c>self_fence</c> is on; then the host is ended. Zero: no limit.</summary>
    public TimeSpan Limit { get; init; }
}
