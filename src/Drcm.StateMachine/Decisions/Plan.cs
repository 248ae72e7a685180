using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A decision in the making: every event is applied to a provisional state at once, so that later steps see it and one batch
/// holds a death together with the takeovers that follow from it.</summary>
internal sealed class Plan(ClusterState state)
{
    /// <summary>More would not fit a terminal; the last one says how many were left out.</summary>
    public const int RefusalsMax = 64;

    private readonly ImmutableArray<ReasonedEvent>.Builder _events = ImmutableArray.CreateBuilder<ReasonedEvent>();
    private readonly ImmutableArray<string>.Builder _refusals = ImmutableArray.CreateBuilder<string>();
    private readonly LogIndex _index = new(state.Version.Value + 1);
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
    private int _refusalsLeftOut;

    /// <summary>As it will be when the batch is applied; only tokens, epochs and rounds may get a greater index.</summary>
    public ClusterState State { get; private set; } = state;

    /// <summary>What the log's own members shall become; null: nothing to change.</summary>
    public LogStep? LogStep { get; set; }

    /// <summary>Who is to be fenced now; null: nobody.</summary>
    public FenceStep? FenceStep { get; set; }

    /// <summary>The batch is full: what is left waits for the next decision.</summary>
    public bool IsFull => _events.Count >= Limits.EventsPerBatchMax;

    /// <summary>Adds an event that takes effect; one that would not is refused with Apply's own reason.</summary>
    public void Emit(ClusterEvent @event, string reason)
    {
        if (IsFull) return;
        var kept = Clip(reason, EventLimits.ReasonCharsMax);
        var outcome = Transition.ApplyOne(State, new EventContext(_index, default, kept), @event);
        if (!outcome.IsEffective)
        {
            Refuse(outcome.WhyNot);
            return;
        }
        State = outcome.State;
        _events.Add(new ReasonedEvent(@event, kept));
    }

    /// <summary>As <see cref="Emit"/>, for an operator's command: the reason is its answer as well.</summary>
    public void EmitTold(ClusterEvent @event, string reason)
    {
        var before = _events.Count;
        Emit(@event, reason);
        if (_events.Count > before) Note(_events[^1].Reason);
    }

    public void Refuse(string why)
    {
        if (_refusals.Count < RefusalsMax) _refusals.Add(why);
        else _refusalsLeftOut++;
    }

    /// <summary>For the operator who asked: what the events mean.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    public Decision ToDecision()
    {
        if (_refusalsLeftOut > 0) _refusals.Add($"and {_refusalsLeftOut} more");
        return new Decision(_events.ToImmutable(), _refusals.ToImmutable(), LogStep) { Notes = _notes.ToImmutable(), FenceStep = FenceStep };
    }

    public static string Clip(string text, int charsMax) => text.Length <= charsMax ? text : text[..(charsMax - 1)] + "…";
}
