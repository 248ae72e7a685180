using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Drcm.Bench.Log;

/// <summary>Three members of our log, each in a process of its own; the leading process proposes, as the daemon does.</summary>
internal sealed class DrcmCluster(string directory) : ILogCluster
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly List<MemberProcess> _members = [];
    private string[] _addresses = [];
    private MemberProcess? _leader;

    public string Name => "drcm";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var ports = MemberProcess.FreePorts(Names.Length);
        _addresses = [.. Names.Select((n, i) => $"{n}=127.0.0.1:{ports[i]}")];
        _members.AddRange(Names.Select(Member));

        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(_members.Select(async m => (Member: m, Line: await m.ExpectLineAsync(others.Token))));
        _leader = (await first).Member;
        await others.CancelAsync();
    }

    public async Task<LoadFigures> LoadAsync(int proposers, TimeSpan time, CancellationToken cancellationToken)
    {
        await _leader!.SayAsync(string.Create(CultureInfo.InvariantCulture, $"load {proposers} {time.TotalSeconds:0}"));
        return JsonSerializer.Deserialize<LoadFigures>(await _leader.ExpectLineAsync(cancellationToken))!;
    }

    public async Task<TimeSpan> KillLeaderAsync(CancellationToken cancellationToken)
    {
        var others = _members.Where(m => m != _leader).ToList();
        foreach (var member in _members)
        {
            await member.SayAsync("stream");
        }

        // A first acknowledgement says that the stream runs.
        await _leader!.ExpectLineAsync(cancellationToken);
        var firsts = others.Select(m => FirstAcknowledgedAsync(m, cancellationToken)).ToList();
        await Task.Delay(LogBench.WarmUp, cancellationToken);
        _leader.Kill();
        var last = 0L;
        while (await _leader.NextLineAsync(cancellationToken) is { } line)
        {
            last = long.TryParse(line, CultureInfo.InvariantCulture, out var time) ? time : last;
        }

        var first = await await Task.WhenAny(firsts);
        return Stopwatch.GetElapsedTime(last, first);
    }

    public IReadOnlyList<MemberProcess> Members => _members;

    public MemberProcess Leader => _leader!;

    /// <summary>One that does not lead ends at once.</summary>
    /// <returns>Its number.</returns>
    public int KillFollower()
    {
        var number = _members.FindIndex(m => m != _leader);
        _members[number].Kill();
        return number;
    }

    public async Task RestartAsync(int number)
    {
        await _members[number].DisposeAsync();
        _members[number] = Member(Names[number]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }
    }

    private MemberProcess Member(string name) => new(Environment.ProcessPath!, [DrcmMember.Verb, name, Path.Combine(directory, name), .. _addresses]);

    private static async Task<long> FirstAcknowledgedAsync(MemberProcess member, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (long.TryParse(await member.ExpectLineAsync(cancellationToken), CultureInfo.InvariantCulture, out var time))
            {
                return time;
            }
        }
    }
}
