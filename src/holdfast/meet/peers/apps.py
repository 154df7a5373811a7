"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.peers"
    label = "peers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.fanout import facade as fanout
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.meet.peers import copies, erasure, telling

        fanout.register_kind("peer", telling.may_follow)
        stores.register("peers", erasure.forget, position=6)
        # A chat is for its evening; what was reported stays as long as somebody may ask about it.
        retention.register_rows("peer-chats", erasure.old_chats, default_days=30, shortest_days=1)
        retention.register_rows(
            "peer-reports", erasure.old_reports, default_days=730, shortest_days=30
        )
        copies.register()
