using Drcm.Bench;

const string usage = """
    Usage: Drcm.Bench takeover [--runs N]        a follower's host gone to its floating address's first answer elsewhere (default 10 runs)
           Drcm.Bench takeover-leader [--runs N] the same with the leader's host
           Drcm.Bench idle [--seconds N]         processor time and memory of daemons that have nothing to do (default 30 s)

    Needs root: three hosts in network namespaces, as the tests use them.
    """;

var count = args switch
{
    [_] => (int?)null,
    [_, "--runs" or "--seconds", var number] when int.TryParse(number, out var n) && n > 0 => n,
    _ => 0,
};
switch (args)
{
    case ["takeover", ..] when count != 0:
        await TakeoverBench.RunAsync(count ?? TakeoverBench.RunsDefault, Victim.Follower);
        return 0;
    case ["takeover-leader", ..] when count != 0:
        await TakeoverBench.RunAsync(count ?? TakeoverBench.RunsDefault, Victim.Leader);
        return 0;
    case ["idle", ..] when count != 0:
        await IdleBench.RunAsync(TimeSpan.FromSeconds(count ?? IdleBench.SecondsDefault));
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
