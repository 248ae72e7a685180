namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>The numbers of cm.cfg from which all times of a cluster follow.</summary>
/// <param name="IntervalMs">Between two keep-alives, in milliseconds.</param>
/// <param name="DeadCount">Keep-alives missed until a node is dead.</param>
/// <param name="ElectionMs">Longest wait before an election, in milliseconds.</param>
internal sealed record ClusterTiming(int IntervalMs, int DeadCount, int ElectionMs)
{
    /// <summary>What a file without these keys means.</summary>
    public static ClusterTiming Default { get; } = new(100, 15, 750);

    /// <summary>D = 200 ms: for machines that have nothing else to do.</summary>
    public static ClusterTiming Fast { get; } = new(20, 10, 100);

    /// <summary>A crowded machine must not look like dead nodes.</summary>
    public static ClusterTiming Story { get; } = new(100, 30, 1500);

    /// <summary>A lease (two thirds of D) within which a daemon is started again even on a crowded machine.</summary>
    public static ClusterTiming Patient { get; } = new(100, 300, 1500);

    /// <summary>D: silence after which a node is given up.</summary>
    public TimeSpan DeadAfter => TimeSpan.FromMilliseconds(IntervalMs * DeadCount);
}
