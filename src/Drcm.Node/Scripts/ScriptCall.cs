using System.Collections.Immutable;
using Drcm.StateMachine;

namespace Drcm.Node.Scripts;

/// <summary>What a script is asked to do; the word goes to it as <c>DRCM_ACTION</c>.</summary>
internal enum ScriptAction
{
    Start,
    Stop,

    /// <summary>Looks, and may start what it looks at: an acquiring action (DESIGN 9).</summary>
    Watch,

    /// <summary>Only looks: exit 0 active, 3 not active.</summary>
    Status,

    /// <summary>Runs a line of a crontab whose time has passed (<c>catch_up</c>).</summary>
    CatchUp,
}

/// <summary>Who calls, under which token, and why: exported to the script (DESIGN 9).</summary>
/// <param name="Node">Goes out as <c>DRCM_NODE</c>.</param>
/// <param name="Token">Log index of the assignment, <c>DRCM_TOKEN</c>.</param>
/// <param name="Reason">One sentence, <c>DRCM_REASON</c>.</param>
internal sealed record ScriptContext(NodeId Node, LogIndex Token, string Reason);

/// <summary>One run of a script, complete. Made by <see cref="ResourceCalls"/>, run by <see cref="ScriptRunner"/>.</summary>
internal sealed record ScriptCall
{
    /// <summary>Default: the call is of no resource (a fence agent).</summary>
    public required ResourceId Resource { get; init; }

    public required ScriptAction Action { get; init; }

    public required ScriptContext Context { get; init; }

    /// <summary>Program and arguments; with <see cref="RunAs"/> set, the one shell text.</summary>
    public required ImmutableArray<string> Words { get; init; }

    /// <summary>Set for applications: account under which the text runs in a login shell.</summary>
    public RunAs? RunAs { get; init; }

    /// <summary>From start until SIGTERM to the group.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>What it reads on stdin, at most <see cref="InputPipe.BytesMax"/>; empty: nothing.</summary>
    public string Input { get; init; } = "";

    /// <summary>Between SIGTERM and SIGKILL; null: as the runner's options say.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Not empty: why this call cannot run at all; the runner hands it back as its result.</summary>
    public string Problem { get; init; } = "";

    /// <summary>It may acquire what is exclusive (O17). It begins only when <see cref="OnStarted"/> has returned, and not at all if the daemon ends before; cancelled, it
    /// is killed without being asked, because its time is somebody else's.</summary>
    public bool IsAcquirer { get; init; }

    /// <summary>Called once, on the runner's thread, as soon as the process exists and before its end is looked at. Must not block.</summary>
    public Action<ProcessGroup>? OnStarted { get; init; }
}

/// <summary>The <c>user:group</c> of an application.</summary>
internal sealed record RunAs(string User, string Group);

internal static class ScriptActions
{
    internal static string Word(this ScriptAction action) => action switch
    {
        ScriptAction.Start => "start",
        ScriptAction.Stop => "stop",
        ScriptAction.Watch => "watch",
        ScriptAction.Status => "status",
        ScriptAction.CatchUp => "catch-up",
    };
}
