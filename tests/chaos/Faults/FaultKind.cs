namespace Drcm.Chaos.Faults;

/// <summary>What can be done to a host. Names of the report are these in words.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL.</summary>
    KillDaemon,
    KillGuard,
    KillBoth,

    /// <summary>SIGSTOP; SIGCONT at the healing.</summary>
    StopDaemon,
    StopBoth,

    /// <summary>Power cut; boots again at the healing.</summary>
    HostGone,

    /// <summary>Both ways, to some of the others.</summary>
    CutToSome,

    /// <summary>One way, to one of the others or to all.</summary>
    CutOneWay,

    /// <summary>30 % of the frames, each way.</summary>
    Loss,
    DiskFull,

    /// <summary>Every run of a script takes a second or two longer.</summary>
    SlowScripts,
}

/// <summary>One fault of a step.</summary>
/// <param name="Host">Whom it befalls.</param>
/// <param name="Peers">For cuts: from whom.</param>
/// <param name="IsRestarted">For a killed daemon: started again at once, as a service manager does; else at the healing.</param>
/// <param name="Direction">For one-way cuts.</param>
internal sealed record Fault(FaultKind Kind, int Host, int[] Peers, bool IsRestarted, TestHosts.LinkDirection Direction)
{
    /// <summary>The node goes on as owner, voter and member of the log.</summary>
    public bool IsHarmless => Kind is FaultKind.KillGuard or FaultKind.SlowScripts;

    public static string Words(FaultKind kind) => kind switch
    {
        FaultKind.KillDaemon => "kill daemon",
        FaultKind.KillGuard => "kill guard",
        FaultKind.KillBoth => "kill both",
        FaultKind.StopDaemon => "stop daemon",
        FaultKind.StopBoth => "stop both",
        FaultKind.HostGone => "host gone",
        FaultKind.CutToSome => "cut to some peers",
        FaultKind.CutOneWay => "one-way cut",
        FaultKind.Loss => "30 % loss",
        FaultKind.DiskFull => "disk full",
        FaultKind.SlowScripts => "slow scripts",
    };

    public override string ToString() =>
        $"{Words(Kind)} on node{Host}"
        + (Peers.Length > 0 ? $" {(Direction == TestHosts.LinkDirection.ToHost ? "from" : "to")} {string.Join('+', Peers.Select(p => $"node{p}"))}" : "")
        + (IsRestarted ? ", started again at once" : "");
}
