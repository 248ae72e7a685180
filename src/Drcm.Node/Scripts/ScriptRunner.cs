namespace Drcm.Node.Scripts;

/// <summary>Runs scripts, each on a thread of its own, so that no slow one delays another or waits for a busy thread pool in a
/// crisis. Concurrency is bounded by the caller: at most one action per slot. Thread-safe.</summary>
internal sealed class ScriptRunner(ScriptRunnerOptions options)
{
    /// <summary>The loop of a run needs little; the default would reserve megabytes per script.</summary>
    private const int StackBytes = 256 * 1024;

    public ScriptRunner()
        : this(new ScriptRunnerOptions())
    {
    }

    /// <summary>Runs to the end; never throws for what the script does or is. Cancelling kills the process group as a timeout
    /// does, and the task still ends only when the group was seen empty or would not die: read the result.</summary>
    public Task<ScriptResult> RunAsync(ScriptCall call, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<ScriptResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                using var run = new ScriptRun(call, options);
                completion.SetResult(run.Execute(cancellationToken));
            },
            StackBytes)
        {
            IsBackground = true,
            Name = $"{call.Action.Word()} {call.Resource}",
        };
        thread.Start();
        return completion.Task;
    }
}

/// <summary>Bounds of killing a script.</summary>
internal sealed record ScriptRunnerOptions
{
    /// <summary>Between SIGTERM and SIGKILL. Default 2 s: long enough to remove a lock file, short beside a takeover of slow kinds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After SIGKILL until a process that does not die is reported. Default 2 s: only uninterruptible sleep lasts longer.</summary>
    public TimeSpan DeathLimit { get; init; } = TimeSpan.FromSeconds(2);
}
