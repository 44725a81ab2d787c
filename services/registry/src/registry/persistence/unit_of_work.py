"""The transaction of registry, with its repositories."""

from functools import cached_property

from registry.persistence.activities import Trainings, UnitReports
from registry.persistence.boards import Boards
from registry.persistence.certificates import Certificates
from registry.persistence.keys import Keys
from registry.persistence.people import Appointments, People
from registry.persistence.places import Places
from registry.persistence.plans import Plans
from registry.persistence.producers import Producers
from registry.persistence.products import Products
from registry.persistence.projections import Projections
from registry.persistence.supports import Supports
from registry.persistence.units import Units
from shared.db.unit_of_work import UnitOfWork


class RegistryUow(UnitOfWork):
    """One transaction on the registry schema."""

    @cached_property
    def units(self) -> Units:
        """Administrative units and bodies."""
        return Units(self.session)

    @cached_property
    def people(self) -> People:
        """People who sign in."""
        return People(self.session)

    @cached_property
    def appointments(self) -> Appointments:
        """What people may be; narrow it with `visible_to` before reading for somebody."""
        return Appointments(self.session)

    @cached_property
    def keys(self) -> Keys:
        """Development's signing keys, sign-in codes and clock."""
        return Keys(self.session)

    @cached_property
    def places(self) -> Places:
        """Communes with their district and province on a date."""
        return Places(self.session)

    @cached_property
    def producers(self) -> Producers:
        """Producers."""
        return Producers(self.session)

    @cached_property
    def products(self) -> Products:
        """Products and their participation."""
        return Products(self.session)

    @cached_property
    def certificates(self) -> Certificates:
        """Certificates, product codes, stamps."""
        return Certificates(self.session)

    @cached_property
    def supports(self) -> Supports:
        """Support given to producers and products."""
        return Supports(self.session)

    @cached_property
    def plans(self) -> Plans:
        """Yearly plans; narrow it with `visible_to` before reading for somebody."""
        return Plans(self.session)

    @cached_property
    def trainings(self) -> Trainings:
        """Trainings that were held."""
        return Trainings(self.session)

    @cached_property
    def unit_reports(self) -> UnitReports:
        """Reports of units; shows nothing until narrowed with `visible_to`."""
        return UnitReports(self.session)

    @cached_property
    def projections(self) -> Projections:
        """What other services told."""
        return Projections(self.session)

    @cached_property
    def boards(self) -> Boards:
        """The board of a year."""
        return Boards(self.session)
