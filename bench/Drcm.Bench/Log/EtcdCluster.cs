using System.Diagnostics;
using System.Globalization;
using dotnet_etcd;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

namespace Drcm.Bench.Log;

/// <summary>Three etcd members of the distribution's package, TLS between them, driven through gRPC by this process: each write is a put of its
/// proposer's own key at the leader.</summary>
internal sealed class EtcdCluster(string directory) : ILogCluster
{
    private const string Program = "/usr/bin/etcd";
    private static readonly TimeSpan PutMax = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly List<MemberProcess> _members = [];
    private readonly List<EtcdClient> _clients = [];
    private int _leader;

    public string Name => "etcd";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("etcd is not installed: apt-get install etcd-server");
        }

        var ports = MemberProcess.FreePorts(2 * Names.Length);
        string Peer(int i) => $"https://127.0.0.1:{ports[2 * i]}";
        string Client(int i) => $"http://127.0.0.1:{ports[2 * i + 1]}";
        var all = string.Join(',', Names.Select((n, i) => $"{n}={Peer(i)}"));
        for (var i = 0; i < Names.Length; i++)
        {
            _members.Add(new(Program,
            [
                "--name", Names[i], "--data-dir", Path.Combine(directory, Names[i]), "--initial-cluster", all, "--initial-cluster-state", "new", "--peer-auto-tls",
                "--initial-advertise-peer-urls", Peer(i), "--listen-peer-urls", Peer(i), "--listen-client-urls", Client(i), "--advertise-client-urls", Client(i),
                "--logger", "zap", "--log-level", "error",
            ]));
            _clients.Add(new EtcdClient(Client(i)));
        }

        _leader = await FindLeaderAsync(except: null, cancellationToken);
    }

    public Task<LoadFigures> LoadAsync(int proposers, TimeSpan time, CancellationToken cancellationToken)
    {
        var client = _clients[_leader];
        var value = ByteString.CopyFrom(new byte[LogBench.EntryBytes]);
        var keys = Enumerable.Range(0, proposers).Select(n => ByteString.CopyFromUtf8(n.ToString("D8", CultureInfo.InvariantCulture))).ToArray();
        return LoadFigures.MeasureAsync(proposers, LogBench.WarmUp, time, async number =>
        {
            await client.PutAsync(new PutRequest { Key = keys[number], Value = value }, cancellationToken: cancellationToken);
            return true;
        });
    }

    /// <summary>Every member is tried in turn: a client that knew the new leader at once could not be faster.</summary>
    public async Task<TimeSpan> KillLeaderAsync(CancellationToken cancellationToken)
    {
        await PutAsync(_leader, cancellationToken);
        var last = Stopwatch.GetTimestamp();
        _members[_leader].Kill();
        var others = Enumerable.Range(0, Names.Length).Where(i => i != _leader).ToArray();
        for (var attempt = 0; ; attempt++)
        {
            if (await PutAsync(others[attempt % others.Length], cancellationToken))
            {
                return Stopwatch.GetElapsedTime(last);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _clients.ForEach(c => c.Dispose());
    }

    private async Task<bool> PutAsync(int member, CancellationToken cancellationToken)
    {
        try
        {
            await _clients[member].PutAsync(
                new PutRequest { Key = ByteString.CopyFromUtf8("k"), Value = ByteString.CopyFrom(new byte[LogBench.EntryBytes]) },
                deadline: DateTime.UtcNow + PutMax, cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<int> FindLeaderAsync(int? except, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var i = attempt % Names.Length;
            try
            {
                var status = await _clients[i].StatusAsync(new StatusRequest(), deadline: DateTime.UtcNow + PutMax, cancellationToken: cancellationToken);
                if (i != except && status.Leader != 0 && status.Leader == status.Header.MemberId)
                {
                    return i;
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(PutMax, cancellationToken);
            }
        }
    }
}
