namespace Drcm.Cli.Demo;

/// <summary>What was measured so far.</summary>
internal sealed class DemoFigures
{
    public int Nodes { get; init; }

    public int Resources { get; set; }

    public double? HealthyMs { get; set; }

    public double? DetectionBoundMs { get; set; }

    public double? TakeoverMs { get; set; }

    public double? FailbackMs { get; set; }

    public int? Events { get; set; }

    public long? LeaderChanges { get; set; }

    public DemoResult Result(string? problem, TimeSpan overlap) => new(
        problem is null,
        problem,
        Nodes,
        Resources,
        Rounded(HealthyMs),
        Rounded(DetectionBoundMs),
        Rounded(TakeoverMs),
        Rounded(FailbackMs),
        Events,
        Math.Round(overlap.TotalMilliseconds, 1, MidpointRounding.ToPositiveInfinity),
        LeaderChanges);

    private static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 1) : null;
}
