using Drcm.Bench;
using Drcm.Bench.Log;
using Drcm.Integration.Tests.Stories.Clusters;

const string usage = """
    Usage: Drcm.Bench takeover [--fast] [--runs N]        a follower's host gone to its floating address's first answer elsewhere (default 10 runs);
                                                          --fast: keep-alives every 20 ms, D = 200 ms
           Drcm.Bench takeover-leader [--fast] [--runs N] the same with the leader's host
           Drcm.Bench takeover-frozen [--fast] [--runs N] the same with a follower's daemon stopped by SIGSTOP
           Drcm.Bench takeover-audit [--fast] [--runs N]  as takeover, while nobody can write his audit history
           Drcm.Bench move [--fast] [--runs N]            an address moved by an operator, and taken back: how long it does not answer
           Drcm.Bench shutdown [--fast] [--runs N]        the same when its owner's daemon is ended in order, and started again
           Drcm.Bench idle [--seconds N]           processor time and memory of daemons that have nothing to do (default 30 s)
           Drcm.Bench log [--etcd] [--rounds N]    throughput and latency of three members of the log, with --etcd beside three of etcd (default 3 rounds)
           Drcm.Bench log-kill [--etcd] [--rounds N]  time without a write after the leading process was killed (default 10 rounds)
           Drcm.Bench log-million [--entries N]    memory and disk of three members over a million entries
           Drcm.Bench log-catchup [--entries N]    how fast a member that missed entries comes back, and what that costs the others (default 200000)

           Drcm.Bench audit [--events N]           a year's events into state, into audit.db, and asked for again (default 1000000)

    All but audit and the ones of the log need root: three hosts in network namespaces, as the tests use them.
    """;

if (args is [DrcmMember.Verb, .. var member])
{
    return await DrcmMember.RunAsync(member);
}

var withEtcd = args is ["log" or "log-kill", "--etcd", ..];
var isFast = args is ["takeover" or "takeover-leader" or "takeover-frozen" or "takeover-audit" or "move" or "shutdown", "--fast", ..];
string[] words = [.. args.Where(a => (!withEtcd || a != "--etcd") && (!isFast || a != "--fast"))];
var timing = isFast ? ClusterTiming.Fast : ClusterTiming.Default;
int? count = words is [_, "--runs" or "--seconds" or "--rounds" or "--entries" or "--events", var number] ? int.TryParse(number, out var n) && n > 0 ? n : 0 : null;
if (words.Length is 0 or > 3 || words.Length == 2 || count == 0)
{
    return Usage();
}

switch (words[0])
{
    case "takeover":
        await TakeoverBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, Victim.Follower);
        return 0;
    case "takeover-leader":
        await TakeoverBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, Victim.Leader);
        return 0;
    case "takeover-frozen":
        await TakeoverBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, Victim.Follower, Fate.Freeze);
        return 0;
    case "takeover-audit":
        await TakeoverBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, Victim.Follower, holdsAudit: true);
        return 0;
    case "move":
        await MoveBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, PlannedMove.Operator);
        return 0;
    case "shutdown":
        await MoveBench.RunAsync(timing, count ?? TakeoverBench.RunsDefault, PlannedMove.Shutdown);
        return 0;
    case "idle":
        await IdleBench.RunAsync(TimeSpan.FromSeconds(count ?? IdleBench.SecondsDefault));
        return 0;
    case "log":
        await LogBench.RunAsync(count ?? LogBench.RoundsDefault, withEtcd, LogBench.Proposers);
        return 0;
    case "log-kill":
        await LogBench.RunAsync(count ?? LogBench.KillRoundsDefault, withEtcd, []);
        return 0;
    case "log-million":
        await LongLogBench.MillionAsync(count ?? LongLogBench.MillionEntries);
        return 0;
    case "log-catchup":
        await LongLogBench.CatchUpAsync(count ?? LongLogBench.AwayEntries);
        return 0;
    case "audit":
        AuditBench.Run(count ?? AuditBench.EventsDefault);
        return 0;
    default:
        return Usage();
}

static int Usage()
{
    Console.Error.WriteLine(usage);
    return 2;
}
