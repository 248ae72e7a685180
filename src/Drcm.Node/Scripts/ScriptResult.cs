namespace Drcm.Node.Scripts;

/// <summary>How one run ended.</summary>
/// <param name="ExitCode">Of the direct child, 128 + signal if a signal ended it; null if it never started or did not die.</param>
/// <param name="TimedOut">The timeout passed and the group was killed.</param>
/// <param name="Killed">The group was sent SIGTERM by us: timed out, or cancelled by the caller.</param>
/// <param name="Output">stdout and stderr in the order written, at most <see cref="ScriptOutput.BytesMax"/>, the last part kept; or why it never started.</param>
/// <param name="Elapsed">Monotonic, from the call until the direct child ended and, if killed, its group was empty.</param>
internal sealed record ScriptResult(int? ExitCode, bool TimedOut, bool Killed, string Output, TimeSpan Elapsed)
{
    /// <summary>A process existed. False: nothing of this call ever ran, and nothing was changed by it.</summary>
    public bool HasStarted { get; init; } = true;

    /// <summary>False only after a kill whose processes would not die: the resource is then unknown.</summary>
    public bool IsGroupEmptyAfterKill { get; init; } = true;

    public bool Succeeded => ExitCode == 0 && !Killed;

    /// <summary>One clause for events and logs, for example <c>exit 1 after 12 ms: no such device</c>.</summary>
    public string Summary
    {
        get
        {
            var how = this switch
            {
                { HasStarted: false } => "could not be started",
                { TimedOut: true, IsGroupEmptyAfterKill: false } => $"timed out after {Time} and some of its processes would not die",
                { TimedOut: true } => $"timed out after {Time} and was killed",
                { Killed: true } => $"was killed on request after {Time}",
                _ => $"exit {ExitCode} after {Time}",
            };
            var lastLine = Output.AsSpan().TrimEnd();
            lastLine = lastLine[(lastLine.LastIndexOf('\n') + 1)..].Trim();
            return lastLine.IsEmpty ? how : $"{how}: {lastLine}";
        }
    }

    private string Time => Elapsed < TimeSpan.FromSeconds(10)
        ? $"{Elapsed.TotalMilliseconds:0} ms"
        : $"{Elapsed.TotalSeconds:0.0} s";

    internal static ScriptResult NotStarted(string why, TimeSpan elapsed) =>
        new(null, false, false, why, elapsed) { HasStarted = false };
}
