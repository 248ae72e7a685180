using Drcm.Node.Scripts;

namespace Drcm.Node.Audit;

/// <summary>One run of a script on this node, as the audit keeps it.</summary>
/// <param name="At">Wall clock of its end.</param>
/// <param name="ExitCode">Null: it never started, or did not die.</param>
/// <param name="Outcome"><c>succeeded</c>, <c>failed</c>, <c>timed_out</c>, <c>killed</c> or <c>not_started</c>.</param>
/// <param name="Output">The end of what it said.</param>
internal sealed record ScriptRunRow(
    DateTimeOffset At, string Resource, string Action, long Token, int? ExitCode, string Outcome, TimeSpan Duration, string Output)
{
    /// <summary>Characters kept of an output: errors come last, and the kind's log has more.</summary>
    private const int OutputCharsMax = 4096;

    public static ScriptRunRow Of(ScriptCall call, ScriptResult result, DateTimeOffset at) => new(
        at, call.Resource.ToString(), call.Action.Word(), call.Context.Token.Value, result.ExitCode, OutcomeOf(result), result.Elapsed,
        result.Output.Length <= OutputCharsMax ? result.Output : $"…{result.Output[^OutputCharsMax..]}");

    private static string OutcomeOf(ScriptResult result) => result switch
    {
        { HasStarted: false } => "not_started",
        { TimedOut: true } => "timed_out",
        { Killed: true } => "killed",
        { Succeeded: true } => "succeeded",
        _ => "failed",
    };
}
