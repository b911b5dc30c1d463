"""What people and systems may ask for: the whole write side at a glance.

How to read this folder, in ten lines:

1. One file per thing that may be asked of a ticket: the command, its rule, its refusals.
2. `decide(command, *states, ctx)` returns events, or nothing when nothing would change, or raises
   a Refused (domain.errors). It is a plain function: no clock, no random, no database.
3. people/, desk/, sla/ and configuration/ hold the commands of what is around tickets, by thing.
4. envelope.py is what surrounds a command: who asks, when, under which id, what comes back.
5. ports.py is what is needed from outside: the log, ticket numbers, a clock.
6. handle.py is the one way in: load, decide, append, and look again on a conflict.
7. states.py keeps states warm; fingerprint.py tells a repeat from another request.
8. known.py checks that the people and queues a command names are there.
9. reactions/ turn time into commands: what closes or wakes up by itself.
10. COMMANDS below is the table of it all; a test fails when a file is missing from it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from commands import (
    acknowledge,
    add_note,
    apply_macro,
    ask_satisfaction,
    assign,
    cancel,
    categorise,
    change_requester,
    close,
    deescalate,
    escalate,
    follow,
    hold,
    link,
    merge,
    move_to_queue,
    open_ticket,
    pend,
    prioritise,
    rate,
    receive_message,
    rename,
    reopen,
    reply,
    resolve,
    resume,
    set_field,
    split,
    tag,
    take_in,
    undo,
    unfollow,
    unlink,
    unmerge,
    untag,
)
from commands.configuration import canned_response, field, macro, saved_view
from commands.desk import rules
from commands.envelope import Command
from commands.people import agent, organisation, queue, requester, team
from commands.sla import calendars, policies, rejudge, take_effect, take_step

Decide = Callable[..., Any]

TICKET_COMMANDS: dict[type[Command], Decide] = {
    open_ticket.OpenTicket: open_ticket.decide,
    acknowledge.Acknowledge: acknowledge.decide,
    assign.Assign: assign.decide,
    move_to_queue.MoveToQueue: move_to_queue.decide,
    receive_message.ReceiveMessage: receive_message.decide,
    reply.Reply: reply.decide,
    add_note.AddNote: add_note.decide,
    pend.Pend: pend.decide,
    hold.Hold: hold.decide,
    resume.Resume: resume.decide,
    resolve.Resolve: resolve.decide,
    reopen.Reopen: reopen.decide,
    close.Close: close.decide,
    cancel.Cancel: cancel.decide,
    merge.Merge: merge.decide,
    unmerge.Unmerge: unmerge.decide,
    split.Split: split.decide,
    link.Link: link.decide,
    unlink.Unlink: unlink.decide,
    prioritise.Prioritise: prioritise.decide,
    categorise.Categorise: categorise.decide,
    tag.Tag: tag.decide,
    untag.Untag: untag.decide,
    set_field.SetField: set_field.decide,
    rename.Rename: rename.decide,
    change_requester.ChangeRequester: change_requester.decide,
    follow.Follow: follow.decide,
    unfollow.Unfollow: unfollow.decide,
    escalate.Escalate: escalate.decide,
    deescalate.Deescalate: deescalate.decide,
    ask_satisfaction.AskSatisfaction: ask_satisfaction.decide,
    rate.Rate: rate.decide,
    apply_macro.ApplyMacro: apply_macro.decide,
    take_in.TakeIn: take_in.decide,
    undo.Undo: undo.decide,
}

PEOPLE_COMMANDS: dict[type[Command], Decide] = {
    requester.RegisterRequester: requester.register,
    requester.RenameRequester: requester.rename,
    requester.AddAddress: requester.add_address,
    requester.RemoveAddress: requester.remove_address,
    requester.MoveRequester: requester.move,
    requester.LocateRequester: requester.locate,
    requester.SegmentRequester: requester.segment,
    organisation.RegisterOrganisation: organisation.register,
    organisation.RenameOrganisation: organisation.rename,
    organisation.LocateOrganisation: organisation.locate,
    organisation.SegmentOrganisation: organisation.segment,
    agent.RegisterAgent: agent.register,
    agent.RenameAgent: agent.rename,
    agent.JoinTeam: agent.join,
    agent.LeaveTeam: agent.leave,
    agent.DeactivateAgent: agent.deactivate,
    agent.ReactivateAgent: agent.reactivate,
    team.CreateTeam: team.create,
    team.RenameTeam: team.rename,
    team.NameTeamLead: team.name_lead,
    team.RetireTeam: team.retire,
    queue.CreateQueue: queue.create,
    queue.RenameQueue: queue.rename,
    queue.NameQueueLead: queue.name_lead,
    queue.RetireQueue: queue.retire,
}

DESK_COMMANDS: dict[type[Command], Decide] = {
    rules.SetReopenWindow: rules.set_reopen_window,
    rules.SetCloseAfter: rules.set_close_after,
    rules.SetPriorityMatrix: rules.set_priority_matrix,
}

SLA_COMMANDS: dict[type[Command], Decide] = {
    calendars.SetCalendar: calendars.set_calendar,
    calendars.RetireCalendar: calendars.retire_calendar,
    calendars.RestoreCalendar: calendars.restore_calendar,
    policies.SetPolicy: policies.set_policy,
    policies.RetirePolicy: policies.retire_policy,
    policies.RestorePolicy: policies.restore_policy,
    rejudge.RejudgeHistory: rejudge.rejudge_history,
    take_step.TakeSlaStep: take_step.decide,
    take_effect.TakeEffect: take_effect.decide,
}

CONFIGURATION_COMMANDS: dict[type[Command], Decide] = {
    saved_view.CreateSavedView: saved_view.create,
    saved_view.RenameSavedView: saved_view.rename,
    saved_view.MoveSavedView: saved_view.move,
    saved_view.ShareSavedView: saved_view.share,
    saved_view.UnshareSavedView: saved_view.unshare,
    saved_view.RefilterSavedView: saved_view.refilter,
    saved_view.SortSavedView: saved_view.sort,
    saved_view.ChooseSavedViewColumns: saved_view.choose_columns,
    saved_view.RetireSavedView: saved_view.retire,
    saved_view.RestoreSavedView: saved_view.restore,
    canned_response.CreateCannedResponse: canned_response.create,
    canned_response.RenameCannedResponse: canned_response.rename,
    canned_response.MoveCannedResponse: canned_response.move,
    canned_response.ShareCannedResponse: canned_response.share,
    canned_response.UnshareCannedResponse: canned_response.unshare,
    canned_response.RewordCannedResponse: canned_response.reword,
    canned_response.RetireCannedResponse: canned_response.retire,
    canned_response.RestoreCannedResponse: canned_response.restore,
    macro.CreateMacro: macro.create,
    macro.RenameMacro: macro.rename,
    macro.MoveMacro: macro.move,
    macro.ShareMacro: macro.share,
    macro.UnshareMacro: macro.unshare,
    macro.RewriteMacro: macro.rewrite,
    macro.RetireMacro: macro.retire,
    macro.RestoreMacro: macro.restore,
    field.CreateField: field.create,
    field.RelabelField: field.relabel,
    field.SetFieldChoices: field.set_choices,
    field.RequireField: field.require,
    field.MakeFieldOptional: field.make_optional,
    field.ReorderField: field.reorder,
    field.RetireField: field.retire,
    field.RestoreField: field.restore,
}

COMMANDS: Mapping[type[Command], Decide] = {
    **TICKET_COMMANDS,
    **PEOPLE_COMMANDS,
    **DESK_COMMANDS,
    **SLA_COMMANDS,
    **CONFIGURATION_COMMANDS,
}
"""Type of command -> its decision."""

BY_NAME: Mapping[str, type[Command]] = {command.name: command for command in COMMANDS}
"""Public name -> type of command."""


def by_name(name: str) -> type[Command] | None:
    """The command type with this public name, or None."""
    return BY_NAME.get(name)
