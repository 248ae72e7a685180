using System.Diagnostics.Metrics;
using Drcm.Node.Clock;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Metrics;

/// <summary>What is measured when it happens. Costs next to nothing while nobody collects it; everything else is read when somebody looks (<see cref="NodeGauges"/>).</summary>
internal static class NodeMeters
{
    public const string Name = "Drcm.Node";

    /// <summary>Seconds: from fast settings on a quiet network to a slow script.</summary>
    private static readonly double[] Buckets = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 120];

    /// <summary>Seconds: an address is put on its interface in milliseconds, an application may take a minute.</summary>
    private static readonly double[] ActionBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Detection = Histogram(
        "drcm_detection_duration", Buckets, "From the newest keep-alive of a node heard here to the commit of its death.");

    private static readonly Histogram<double> Takeover = Histogram(
        "drcm_takeover_duration", Buckets, "From the loss of a slot's owner (of a dead one: its newest keep-alive heard here) to its start on a backup node.");

    private static readonly Histogram<double> Failback = Histogram(
        "drcm_failback_duration", Buckets, "From the loss of a slot's owner, in order or not, to its start on its home node.");

    private static readonly Histogram<double> Actions = Histogram(
        "drcm_action_duration", ActionBuckets, "Runs of scripts, and what the daemon does in their place, by what became of them.");

    public static void Detected(TimeSpan silence) => Detection.Record(silence.TotalSeconds);

    public static void Moved(Move move) =>
        (move.IsFailback ? Failback : Takeover).Record(
            move.Duration.TotalSeconds, new KeyValuePair<string, object?>("kind", move.Kind.Word()), new KeyValuePair<string, object?>("cause", move.Cause.Word()));

    public static void Acted(ActionRequest request, ActionOutcome outcome, TimeSpan began) => Actions.Record(
        (MonotonicClock.Now - began).TotalSeconds,
        new KeyValuePair<string, object?>("kind", request.Resource.Id.Kind.Word()),
        new KeyValuePair<string, object?>("action", Word(request.Kind)),
        new KeyValuePair<string, object?>("outcome", Word(outcome)));

    public static string Word<T>(T value) where T : struct, Enum => Observation.StatusReport.Word(value.ToString());

    private static Histogram<double> Histogram(string name, double[] buckets, string help) =>
        Meter.CreateHistogram(name, "s", help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}
