namespace Drcm.Chaos;

/// <summary>What one run shall be.</summary>
/// <param name="Time">How long new faults are injected; the last one is healed afterwards.</param>
/// <param name="Hosts">3 or 5.</param>
/// <param name="Seed">The same seed, number of hosts and timing give the same faults in the same order, not at the same moments.</param>
/// <param name="IsFast">Keep-alives every 20 ms, D = 200 ms; else the defaults.</param>
/// <param name="Broken">Name of a variant of <see cref="Broken.BrokenVariants"/> that must be caught; null: none.</param>
/// <param name="Progress">Takes a line for each step.</param>
public sealed record ChaosOptions(TimeSpan Time, int Hosts, int Seed, bool IsFast = false, string? Broken = null, Action<string>? Progress = null)
{
    /// <summary>The command that does the same again.</summary>
    public string Replay =>
        FormattableString.Invariant($"dotnet run -c Release --project tests/chaos -- --minutes {Time.TotalMinutes:0.##} --hosts {Hosts} --seed {Seed}")
        + (IsFast ? " --fast" : "") + (Broken is null ? "" : " --break " + Broken);
}
