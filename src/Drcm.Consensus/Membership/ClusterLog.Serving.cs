using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Membership;

/// <content>What other nodes ask.</content>
public sealed partial class ClusterLog
{
    private void Serve()
    {
        _transport.Requests.Serve(RequestKinds.Hello, OnHelloAsync);
        _transport.Requests.Serve(RequestKinds.Join, OnJoinAsync);
        _transport.Requests.Serve(RequestKinds.Follow, OnFollowAsync);
        _transport.Requests.Serve(RequestKinds.Barrier, OnBarrierAsync);
    }

    private async ValueTask<ReadOnlyMemory<byte>> OnHelloAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        if (!Hello.TryRead(request.Body.Span, out var hello))
        {
            throw new IOException("the hello is none of this release");
        }

        if (hello.State == HelloState.Begin && hello.Digest == BeginningDigest)
        {
            await BeginAsync(cancellationToken);
        }

        return Present(request.From).ToBytes();
    }

    private Hello Present(string asker) => Current switch
    {
        DotNextLog voter => new(HelloState.Cluster, _met?.Contains(asker) != false, voter.CommittedListIndex, BeginningDigest, MemberList.Of(voter.Members)),
        FollowedLog { HasFollowed: true } learner => new(HelloState.Cluster, HasMet: false, 0, BeginningDigest, MemberList.Of(learner.Members)),
        _ => new(HelloState.Empty, HasMet: false, 0, BeginningDigest, MemberList.Empty),
    };

    /// <summary>Only a learner changes; a voter says how far it is. An earlier life of this name may be in the log, up to the floor.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> OnJoinAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        if (!JoinRequest.TryRead(request.Body.Span, out var join))
        {
            throw new IOException("the join request is none of this release");
        }

        if (Current is FollowedLog)
        {
            await SwitchFromAsync<FollowedLog>(
                () => NewVoter(join.Members.Members.ToDictionary(m => m.Name, m => m.EndPoint, StringComparer.Ordinal), join.Floor), _stop.Token);
        }

        return JoinRequest.WriteAnswer(((DotNextLog)Current).LastIndex);
    }

    private ValueTask<ReadOnlyMemory<byte>> OnFollowAsync(PeerRequest request, CancellationToken cancellationToken) =>
        Current is DotNextLog voter ? new FollowServer(voter, () => voter.AppliedIndex).AnswerAsync(request, cancellationToken) : throw NoVoter();

    private async ValueTask<ReadOnlyMemory<byte>> OnBarrierAsync(PeerRequest request, CancellationToken cancellationToken) =>
        Current is DotNextLog voter && await voter.ConfirmAsync(cancellationToken) is { } index ? JoinRequest.WriteAnswer(index) : throw NoVoter();

    private IOException NoVoter() => new($"{_options.Self} does not lead, or keeps no log");

    private async Task SwitchFromAsync<TLog>(Func<IReplicatedLog> make, CancellationToken cancellationToken)
        where TLog : IReplicatedLog
    {
        await _switching.WaitAsync(cancellationToken);
        try
        {
            if (Current is TLog)
            {
                await SwitchLockedAsync(make, cancellationToken);
            }
        }
        finally
        {
            _switching.Release();
        }
    }
}
