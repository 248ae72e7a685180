using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <summary>A host below its daemon: addresses, crontabs and processes of resources, and the scripts at work on them, which go on when the daemon does not.</summary>
internal sealed class WorldMachine(World world, WorldHost host)
{
    private readonly List<Script> _scripts = [];
    private readonly List<(ResourceId Resource, ActionKind Kind, TimeSpan Until)> _troubles = [];

    public SortedSet<ResourceId> Present { get; } = [];

    /// <summary>Starts that are slow take this much longer at most.</summary>
    public TimeSpan SlowUntil { get; set; }

    /// <summary>Answers of scripts, for stories; null: they succeed, but for troubles.</summary>
    public Func<ActionRequest, ActionOutcome>? Answers { get; set; }

    private sealed class Script(ActionRequest request, long life)
    {
        public ActionRequest Request { get; } = request;

        /// <summary>Of the daemon that waits for it; 0: the guard's.</summary>
        public long Life { get; } = life;

        public TimeSpan EffectIn { get; set; }

        public TimeSpan EndsIn { get; set; }

        public bool HasTakenEffect { get; set; }

        public ActionOutcome Outcome { get; set; }

        /// <summary>Addresses and crontabs are the daemon's own work, done in its process: it stands still and ends with it.</summary>
        public bool IsInProcess => Life > 0 && (Request.Resource.Id.Kind is ResourceKind.Ip or ResourceKind.Cron);
    }

    public bool IsReleasing(ResourceId resource) => _scripts.Exists(s => s.Request.Resource.Id == resource && s.Request.Kind == ActionKind.Stop);

    public void Trouble(ResourceId resource, ActionKind kind, TimeSpan duration) => _troubles.Add((resource, kind, world.Now + duration));

    public void Heal()
    {
        _troubles.Clear();
        SlowUntil = TimeSpan.Zero;
    }

    /// <summary>What a loss of power leaves: crontabs are files.</summary>
    public void LosePower()
    {
        _scripts.Clear();
        Present.RemoveWhere(r => r.Kind != ResourceKind.Cron);
    }

    /// <summary>The daemon's process is gone, and with it what was at work in it.</summary>
    public void EndInProcess() => _scripts.RemoveAll(s => s.IsInProcess);

    public void Begin(ActionRequest request, long life)
    {
        var isTroubled = IsInTrouble(request.Resource.Id, request.Kind);
        var most = request.Kind == ActionKind.Stop ? 40 : world.Now < SlowUntil && request.Kind == ActionKind.Start ? 4000 : 120;
        var ends = 5 + world.Random.Below(most);
        if (request.Kind == ActionKind.Stop) EndAcquirers(request.Resource.Id);
        _scripts.Add(new Script(request, life)
        {
            EndsIn = TimeSpan.FromMilliseconds(ends),
            EffectIn = TimeSpan.FromMilliseconds(world.Random.Below(ends + 1)),
            Outcome = Answers?.Invoke(request) ?? (!isTroubled ? ActionOutcome.Succeeded : world.Percent() < 50 ? ActionOutcome.Failed : ActionOutcome.TimedOut),
        });
    }

    /// <summary>SIGKILL to its process group: what it has done stays done.</summary>
    public void Kill(long actionId, long life)
    {
        var place = _scripts.FindIndex(s => s.Request.Id == actionId && s.Life == life);
        if (place >= 0) Kill(place);
    }

    public void EndAcquirers(ResourceId resource)
    {
        for (var i = _scripts.Count - 1; i >= 0; i--)
        {
            var script = _scripts[i];
            if (script.Request.Resource.Id == resource && !script.IsInProcess && script.Request.Kind is ActionKind.Start or ActionKind.Monitor) Kill(i);
        }
    }

    public void Advance()
    {
        for (var i = 0; i < _scripts.Count;)
        {
            var script = _scripts[i];
            if (script.IsInProcess && host.IsPaused)
            {
                // Frozen between its last check and its act: the act comes first when it wakes.
                script.EffectIn = TimeSpan.Zero;
                i++;
                continue;
            }
            script.EffectIn -= World.Step;
            script.EndsIn -= World.Step;
            if (script.EffectIn <= TimeSpan.Zero) TakeEffect(script);
            if (script.EndsIn > TimeSpan.Zero)
            {
                i++;
                continue;
            }
            _scripts.RemoveAt(i);
            End(script);
        }
    }

    private bool IsInTrouble(ResourceId resource, ActionKind kind)
    {
        if (_troubles.Count == 0) return false;
        _troubles.RemoveAll(t => t.Until <= world.Now);
        return _troubles.Exists(t => t.Resource == resource && t.Kind == kind);
    }

    private void Kill(int place)
    {
        var script = _scripts[place];
        _scripts.RemoveAt(place);
        if (script.Life == host.Life) host.ActionEnded(script.Request, new ActionResult(script.Request.Id, ActionOutcome.Killed, ""));
    }

    private void TakeEffect(Script script)
    {
        if (script.HasTakenEffect) return;
        script.HasTakenEffect = true;
        var resource = script.Request.Resource.Id;
        // A start that fails may have done half of its work.
        if (script.Request.Kind == ActionKind.Start && (script.Outcome == ActionOutcome.Succeeded || world.Percent() < 50) && Present.Add(resource))
            world.Say($"{host.Id} {resource} is here, token {script.Request.Token}");
        if (script.Request.Kind == ActionKind.Stop && script.Outcome == ActionOutcome.Succeeded && Present.Remove(resource))
            world.Say($"{host.Id} {resource} is gone{(script.Life == 0 ? ", by the guard" : "")}");
        host.IsTouched = true;
    }

    private void End(Script script)
    {
        TakeEffect(script);
        if (script.Life != host.Life) return;
        var isHere = Present.Contains(script.Request.Resource.Id);
        var outcome = script.Request.Kind switch
        {
            ActionKind.Look => isHere ? ActionOutcome.Succeeded : ActionOutcome.Failed,
            ActionKind.Monitor when !isHere => ActionOutcome.Failed,
            ActionKind.Start or ActionKind.Stop or ActionKind.Monitor => script.Outcome,
        };
        host.ActionEnded(script.Request, new ActionResult(script.Request.Id, outcome, outcome == ActionOutcome.Succeeded ? "" : "as told"));
    }
}
